"""Every step of a model has a role, the same in all models, and a form that says how it is computed."""

from __future__ import annotations

import pytest

from cutaway.architectures import gpt2, llama
from cutaway.definition import Definition, Module
from cutaway.formula import Axis, Sum, cells, exp
from cutaway.load import BUILT_IN, load, presets
from cutaway.stages import Stage, Variant, stages


def by_name(definition: Definition) -> dict[tuple[str, str, str], Stage]:
    return {(s.group, s.slot, s.key): s for s in stages(definition)}


def variants(definition: Definition, slot: str, key: str = "") -> dict[str, list[Variant]]:
    found = next(s for s in stages(definition) if s.slot == slot and s.key == key)
    return {step.key: step.variants for step in found.steps}


@pytest.mark.parametrize("name", [*BUILT_IN, *presets()])
def test_every_computed_tensor_is_one_step_in_all_its_layers(name: str) -> None:
    definition = load(name).definition
    computed: dict[str, int] = {}
    for t in definition.root.declared():
        if t.formula is not None:
            computed[t.name] = computed.get(t.name, 0) + (len(t.layers) or 1)
    found: dict[str, int] = {}
    for stage in stages(definition):
        assert len({step.key for step in stage.steps}) == len(stage.steps), stage.label
        for v in (v for step in stage.steps for v in step.variants):
            found[v.tensor.name] = found.get(v.tensor.name, 0) + v.layers
            assert v.tensor.formula is not None
            assert len(v.reads) == len(cells(v.tensor.formula))
    assert found == computed


@pytest.mark.parametrize("name", [*BUILT_IN, *presets()])
def test_every_model_has_a_head_of_its_own_or_none_and_attention(name: str) -> None:
    definition = load(name).definition
    slots = [s.slot for s in stages(definition)]
    assert slots[0] == "embedding"
    assert "attention" in slots
    assert ("head" in slots) is (definition.logits is not None)


def test_the_parts_of_a_plain_decoder() -> None:
    found = stages(load("gpt2").definition)
    assert [(s.group, s.label, s.layers) for s in found] == [
        ("before", "Embedding", 1),
        ("before", "Positions", 1),
        ("decoder", "Norm before attention", 12),
        ("decoder", "Attention", 12),
        ("decoder", "Norm before the MLP", 12),
        ("decoder", "MLP", 12),
        ("decoder", "Residual stream", 12),
        ("after", "Final norm", 1),
        ("after", "Head", 1),
    ]


@pytest.mark.parametrize(
    ("name", "norms"),
    [
        ("gpt2", ["Norm before attention", "Norm before the MLP", "Final norm"]),
        ("bert-base", ["Norm of the embedding", "Norm after attention", "Norm after the MLP", "Final norm"]),
        (
            "gemma-2-9b",
            [
                "Norm before attention",
                "Norm after attention",
                "Norm before the MLP",
                "Norm after the MLP",
                "Final norm",
            ],
        ),
    ],
)
def test_where_norms_stand(name: str, norms: list[str]) -> None:
    assert [s.label for s in stages(load(name).definition) if s.label.startswith(("Norm", "Final"))] == norms


def test_stacks_are_told_apart_by_what_tokens_see() -> None:
    assert {s.group for s in stages(load("bert-base").definition)} == {"before", "encoder", "after"}
    found = by_name(load("t5-base").definition)
    assert ("decoder", "cross-attention", "") in found
    assert ("encoder", "cross-attention", "") not in found
    assert found["encoder", "norm after the layers", ""].label == "Norm after the encoder"


def test_experts_the_router_and_the_shared_expert_are_parts_of_their_own() -> None:
    found = by_name(load("deepseek-v3").definition)
    assert found["decoder", "MLP", ""].layers == 3
    for slot, key in (("router", ""), ("MLP", "experts"), ("MLP", "shared")):
        assert found["decoder", slot, key].layers == 58
    assert [step.key for step in found["decoder", "MLP", "shared"].steps][-1] == "sum"


def test_layers_that_differ_are_variants_of_a_step() -> None:
    """Every second layer of Gemma 2 looks back 4,096 tokens only; all the rest is alike."""
    steps = variants(load("gemma-2-9b").definition, "attention")
    assert [v.layers for v in steps["attn_scores"]] == [21, 21]
    assert 4096 in steps["attn_scores"][0].numbers
    assert [v.layers for v in steps["q"]] == [42]


def test_a_form_forgets_names_sizes_and_numbers_and_nothing_else() -> None:
    def form(**changes: bool) -> Variant:
        i = Axis("x" if changes.get("name") else "i", "channel", 7 if changes.get("size") else 3)
        t = Axis("t", "token", 5, length_of="tokens")
        root = Module(label="", kind="model")
        tokens = root.input("tokens", [t])
        w, b = root.weight("w", [i]), root.weight("b", [i])
        read = b if changes.get("read") else w
        value = Sum(i, read[i] * (2.0 if changes.get("number") else 1.0))
        root.activation("y", [t], exp(value) if changes.get("formula") else value + tokens[t])
        made = stages(Definition("x", "x", root, 5))
        return next(v for s in made for step in s.steps for v in step.variants)

    plain = form()
    assert form(name=True).like == form(name=True).like
    assert (form(name=True).form, form(name=True).sizes) == (plain.form, plain.sizes)
    assert form(size=True).form == plain.form
    assert form(size=True).sizes != plain.sizes
    assert form(number=True).form == plain.form
    assert form(number=True).numbers == (2.0,)
    assert form(formula=True).form != plain.form
    assert form(read=True).form != plain.form


def test_what_a_stage_reads_of_the_stream_is_what_enters() -> None:
    """So that a norm before or after attention is not also told as another query."""
    gpt2_q, bert_q = (variants(load(name).definition, "attention")["q"][0] for name in ("gpt2", "bert-base"))
    assert gpt2_q.reads == bert_q.reads == ("x", "W_Q", "b_Q")
    assert gpt2_q.form == bert_q.form


def test_work_grows_with_the_number_of_different_layers() -> None:
    few, many = (stages(gpt2.define({"n_layer": n})) for n in (2, 96))
    assert [len(s.steps) for s in few] == [len(s.steps) for s in many]


def test_what_stages_are_said_to_be() -> None:
    small = {"hidden_size": 64, "num_attention_heads": 8, "num_key_value_heads": 2, "num_hidden_layers": 2}
    found = by_name(llama.define({**small, "intermediate_size": 32, "vocab_size": 10}))
    assert found["decoder", "attention", ""].says["Keys and values"] == "one for each 4 heads"
    assert found["decoder", "MLP", ""].says == {"Hidden units": "gated, SiLU"}
    assert found["decoder", "stream", ""].says == {"Attention and MLP": "one after the other"}
    assert found["after", "norm", ""].says == {"Norm": "RMS norm"}

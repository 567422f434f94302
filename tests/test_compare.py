"""Two models part by part: what plays the same role stands together, and what differs is said."""

from __future__ import annotations

import itertools
import json

import pytest
from command import answered

import cutaway
from cutaway.alignment import AlignedStage, aligned, paired
from cutaway.compare import Comparison, compare
from cutaway.load import BUILT_IN, presets
from cutaway.stages import stages


def parts(first: str, second: str) -> dict[str, AlignedStage]:
    return {stage.label: stage for stage in compare(first, second).stages}


def verdicts(stage: AlignedStage) -> dict[str, str]:
    return {step.label: step.verdict for step in stage.steps}


def test_sizes_alone_differ_between_gpt2_and_gpt3() -> None:
    found = compare("gpt2", "gpt-3").stages
    assert {stage.verdict for stage in found} == {"sizes"}
    assert {step.verdict for stage in found for step in stage.steps} == {"sizes", "same"}


@pytest.mark.parametrize("name", [*BUILT_IN, *presets()])
def test_a_model_is_the_same_as_itself(name: str) -> None:
    found = compare(name, name)
    assert {stage.verdict for stage in found.stages} == {"same"}
    assert all(a == b for a, b in [*found.sizes.values(), *found.traits.values()])


NAMES = ["nano-gpt", "gpt2", "llama-3.1-8b", "mixtral-8x7b", "gemma-2-9b", "deepseek-v3", "gpt-oss-120b"]


@pytest.mark.parametrize(("first", "second"), [*itertools.combinations([*NAMES, "bert-base", "t5-base"], 2)])
def test_each_step_of_both_stands_once_and_the_other_way_round_says_the_same(first: str, second: str) -> None:
    a, b = (stages(cutaway.load(name).definition) for name in (first, second))
    found, turned = aligned(a, b), aligned(b, a)
    for side, own in ((0, a), (1, b)):
        shown = [step.steps[side] for stage in found for step in stage.steps if step.steps[side] is not None]
        assert len(shown) == len({id(s) for s in shown}) == sum(len(stage.steps) for stage in own)
    opposite = {"first": "second", "second": "first"}
    assert {(s.stages[0] and s.stages[0].label, s.stages[1] and s.stages[1].label, s.verdict) for s in found} == {
        (s.stages[1] and s.stages[1].label, s.stages[0] and s.stages[0].label, opposite.get(s.verdict, s.verdict))
        for s in turned
    }


def test_mixtral_has_experts_where_mistral_has_an_mlp() -> None:
    found = parts("mixtral-8x7b", "mistral-7b")
    assert found["Router"].verdict == "first"
    assert found["Experts / MLP"].verdict == "formula"
    assert found["Norm before attention"].verdict == "same"
    assert [s for s, v in verdicts(found["Attention"]).items() if v != "same"] == ["attention scores"]
    assert verdicts(found["Positions"])["frequency"] == "numbers"


def test_norms_of_bert_stand_after_and_those_of_gpt2_before() -> None:
    found = parts("bert-base", "gpt2")
    assert found["Norm after attention / Norm before attention"].verdict == "numbers"
    assert found["Head for masked tokens"].verdict == "first"
    assert verdicts(found["Attention"])["attention scores"] == "formula"
    assert verdicts(found["Attention"])["query"] == "same"


def test_the_decoder_of_t5_stands_beside_gpt2() -> None:
    found = compare("t5-base", "gpt2").stages
    groups = [tuple(s and s.group for s in stage.stages) for stage in found]
    assert ("decoder", "decoder") in groups
    assert ("encoder", None) in groups
    assert ("encoder", "decoder") not in groups
    assert parts("t5-base", "gpt2")["Cross-attention"].verdict == "first"


def test_the_layers_of_bert_stand_beside_those_of_gpt2() -> None:
    assert ("encoder", "decoder") in [
        tuple(s and s.group for s in p.stages) for p in compare("bert-base", "gpt2").stages
    ]


def test_deepseek_beside_qwen() -> None:
    found = parts("deepseek-v3", "qwen3-235b-a22b")
    assert {found["MLP"].verdict, found["Shared expert"].verdict} == {"first"}
    assert found["Experts"].verdict == "sizes"
    assert verdicts(found["Attention"])["compressed key and value"] == "first"
    assert verdicts(found["Attention"])["value"] == "formula"


def test_what_was_said_before_is_not_said_again() -> None:
    found = parts("gpt2", "llama-3.1-8b")
    assert found["Final norm"].like is found["Norm before the MLP"].like is found["Norm before attention"]
    assert found["Norm before attention"].like is None


def test_what_is_left_over_is_paired_by_slot_in_order() -> None:
    made = paired(["ax", "bx", "cy"], ["bx", "dx", "ez"], key=lambda w: w, slot=lambda w: w[1])
    assert made == [("ax", "dx"), ("bx", "bx"), ("cy", None), (None, "ez")]
    assert paired([], ["a"], key=str, slot=str) == [(None, "a")]
    assert paired(["b"], ["a", "b", "c"], key=str, slot=str) == [(None, "a"), ("b", "b"), (None, "c")]


def test_the_text_shows_formulas_with_what_differs_underlined() -> None:
    text = str(compare("gpt2", "llama-3.1-8b"))
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if "q[t, h, a] = Sum(c, x[t, c] * W_Q[h, c, a]) + b_Q[h, a]" in line)
    assert lines[at].strip().startswith("GPT-2 small")
    marked = "".join(c for c, mark in zip(lines[at], lines[at + 1].ljust(len(lines[at])), strict=True) if mark == "^")
    assert marked == "+b_Q[h,a]"
    assert lines[at + 2].strip() == "Llama 3.1 8B  q[t, h, a] = Sum(c, x[t, c] * W_Q[h, c, a])"
    assert "≠ parameters" in text
    assert "as in: Norm before attention" in text


def test_letters_of_axes_are_no_difference() -> None:
    """Key/value heads have another letter in Llama, which is not what makes its keys another formula."""
    lines = str(compare("gpt2", "llama-3.1-8b")).splitlines()
    at = next(i for i, line in enumerate(lines) if "k[s, g, a] = Sum(c, x[s, c] * W_K[g, c, a])" in line)
    assert "^" not in lines[at + 1]


def test_layers_that_differ_are_counted() -> None:
    text = str(compare("gemma-2-9b", "llama-3.1-8b"))
    assert text.count("(21 layers)") >= 2


def test_json_holds_everything() -> None:
    made = compare("nano-gpt", "bert-base").to_dict()
    assert json.loads(json.dumps(made)) == made
    assert made["models"] == ["nano-gpt", "bert-base"]
    assert {"part", "verdict", "kinds", "steps"} == set(made["parts"][0])
    assert made["sizes"]["layers"] == [3, 12]


def test_models_names_and_paths_are_taken(nano: cutaway.Model) -> None:
    found = cutaway.compare(nano, "gpt2")
    assert isinstance(found, Comparison)
    assert repr(found) == "<cutaway.Comparison of nano-gpt and gpt2: 9 parts differ>"
    with pytest.raises(cutaway.CutawayError, match="gpt22"):
        cutaway.compare("gpt22", nano)


def test_the_command_prints_it() -> None:
    assert answered("compare", "gpt2", "gpt-3").out == str(compare("gpt2", "gpt-3")) + "\n"
    assert json.loads(answered("compare", "gpt2", "gpt-3", "--json").out)["models"] == ["gpt2", "gpt-3"]

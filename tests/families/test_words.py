"""What parts are called and what is said of them, in every family."""

from __future__ import annotations

import pytest

from cutaway.architectures import FAMILIES
from cutaway.definition import Module
from families.cases import Case
from families.configurations import CASES

by_case = pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)


def root_of(case: Case) -> Module:
    return FAMILIES[case.family].define(case.changes).root


@by_case
def test_parts_beside_one_another_have_names_of_their_own(case: Case) -> None:
    """Layers of several kinds are told apart by their numbers."""
    for module in root_of(case).walk():
        labels = [m.label for m in module.modules if not m.path.endswith(".*")]
        assert len(labels) == len(set(labels)), f"{module.path}: {labels}"


@by_case
def test_steps_of_a_part_have_names_of_their_own(case: Case) -> None:
    """But for the stations of the stream, and statistics of several softmaxes."""
    for module in root_of(case).walk():
        labels = [t.label for t in module.tensors if t.role == "activation" and t.label != "residual stream"]
        assert len(labels) == len(set(labels)), f"{module.path}: {labels}"


@by_case
def test_every_tensor_but_biases_says_what_it_is(case: Case) -> None:
    silent = [t.name for t in root_of(case).declared() if not t.about and not t.label.endswith("bias")]
    assert not silent


@by_case
def test_notes_are_sentences(case: Case) -> None:
    for t in root_of(case).declared():
        assert not t.about or ((t.about[0].isupper() or t.about.startswith("`")) and t.about.endswith(".")), t.about


def test_a_cap_a_sink_and_a_distance_are_said_of_the_scores() -> None:
    def about(family: str, **changes) -> dict[str, str]:
        case = next(c for c in CASES if c.family == family)
        return {t.name: t.about for t in FAMILIES[family].define({**case.changes, **changes}).root.declared()}

    assert "between -50 and 50" in about("gemma2", attn_logit_softcapping=50.0)["blocks.*.attn.attn_scores"]
    assert "of which the sink takes some" in about("gpt_oss")["blocks.*.attn.pattern"]
    assert "how near the two are" in about("t5")["encoder.*.attn.attn_scores"]
    assert "how near" not in about("t5")["decoder.*.cross_attn.attn_scores"]
    assert "1 plus this" in about("gemma")["blocks.*.ln1.w"]
    assert "1 plus this" not in about("llama")["blocks.*.ln1.w"]

"""Every cell can say how it was computed, and what it says is what was computed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from helpers.laboratory import formulas, laboratory, run_of, values
from helpers.naive import FLOAT32, FLOAT64, Ambiguous, Naive, agrees, places
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from cutaway import Model, Run
from cutaway.errors import CutawayError, IndexOutOfRange, NameNotFound
from cutaway.explain import Explanation, explain_at

RANDOM = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)


# Random formulas


@RANDOM
@given(data=st.data(), tokens=st.lists(st.integers(0, 2), min_size=1, max_size=4), seed=st.integers(0, 1000))
def test_explanations_of_random_formulas(data: st.DataObject, tokens: list[int], seed: int) -> None:
    """The value, the cells read, the terms and their factors, against a loop over cells."""
    lab = laboratory()
    axes, formula = data.draw(formulas(lab))
    note(f"out{axes} = {formula}")
    run = run_of(lab.definition(axes, formula), tokens, values(seed), "numpy")
    read = {name: run[name] for name in lab.tensors}
    for at in places(axes, len(tokens)):
        naive = Naive(read, len(tokens), eps=FLOAT64)
        try:
            expected, error = naive.value(formula, at)
        except Ambiguous:
            continue
        found = explain_at(run, run.model.tensors["out"], list(at.values()))
        assert agrees(found.evaluate(), expected, error + 1e-14 * abs(expected)), at
        assert source_cells(found) == naive.read, at
        assert_terms_add_up(found, run)
        json.dumps(found.to_dict())
        assert repr(found).startswith(found.name)


def source_cells(found: Explanation) -> set[tuple[str, tuple[int, ...]]]:
    return {(source.tensor, cell) for source in found.sources for cell in source.cells()}


def assert_terms_add_up(found: Explanation, run: Run) -> None:
    read = source_cells(found)
    for terms in found.sums:
        sizes = [abs(t.value) if terms.op == "sum" else t.value for t in terms.terms if not math.isnan(t.value)]
        assert sizes == sorted(sizes, reverse=True)
        if terms.op == "sum" and math.isfinite(terms.value):
            assert math.isclose(sum(t.value for t in terms.terms), terms.value, abs_tol=1e-9 * (1 + sum(sizes)))
        if terms.op == "max" and sizes:
            assert terms.value == sizes[0] or math.isnan(terms.value)
        for term in terms.terms:
            for factor in term.factors:
                if factor.tensor is not None:
                    assert (factor.tensor, factor.index) in read
                    assert agrees(factor.value, float(run[factor.tensor][factor.index]), 0.0)
            if terms.product:
                assert agrees(math.prod(f.value for f in term.factors), term.value, 1e-12 * abs(term.value))


# The built-in model, every cell


def test_every_cell_evaluates_to_its_value(nano: Model, nano_run: Run) -> None:
    """Within float32 rounding, which is relative to the terms where they cancel."""
    for tensor in nano.tensors.values():
        if tensor.formula is None:
            continue
        for index in np.ndindex(*tensor.shape({"tokens": 6})):
            found = explain_at(nano_run, tensor, index)
            value, again = found.value, found.evaluate()
            if math.isfinite(value):
                assert abs(again - value) <= 8 * FLOAT32 * max(size_of_terms(found), abs(value), 0.1), found.name
            else:
                assert again == value, found.name


def size_of_terms(found: Explanation) -> float:
    return sum(abs(t.value) for terms in found.sums if terms.op == "sum" for t in terms.terms)


def test_the_value_depends_on_the_sources_and_on_nothing_else(nano: Model, nano_run: Run) -> None:
    """Noise in every cell that is not a source changes nothing; a change in all sources changes the value."""
    rng = np.random.default_rng(0)
    for name, tensor in nano.tensors.items():
        if tensor.formula is None:
            continue
        shape = tensor.shape({"tokens": 6})
        for _ in range(10):
            index = tuple(int(rng.integers(0, n)) for n in shape)
            found = explain_at(nano_run, tensor, index)
            read = source_cells(found)
            names = {n for n, _ in read}
            noisy = {n: nano_run[n] + rng.integers(1, 9, nano_run[n].shape) for n in names}
            for n, cell in read:
                noisy[n][cell] = nano_run[n][cell]
            assert evaluated(nano_run, noisy, found) == found.evaluate(), found.name
            moved = {
                n: nano_run[n] + 0.25 * rng.random(nano_run[n].shape) for n in names if not nano.tensors[n].integer
            }
            if moved and math.isfinite(found.value) and not saturated(name):
                assert evaluated(nano_run, {**noisy, **moved}, found) != found.evaluate(), found.name


def saturated(name: str) -> bool:
    """Tensors of which a cell may not move with its sources: a softmax of few tokens, a unit that is off."""
    return name.endswith(("pattern", "expsum", "probs", "mlp.post"))


def evaluated(run: Run, changed: dict[str, np.ndarray], found: Explanation) -> float:
    """The cell worked out from other values."""
    values = {name: changed.get(name, run[name]) for name in run}
    return explain_at(Run(run.model, run.tokens, values, run.backend), found.tensor, found.index).evaluate()


@pytest.mark.parametrize(
    "cell",
    [
        "tokens[2]", "W_E[1, 3]", "W_pos[4, 40]", "embed[3, 4]", "blocks.1.resid_pre[0, 9]", "blocks.0.ln1.mean[2]",
        "blocks.0.ln1.normalized[1, 2]", "blocks.1.attn.W_K[1, 2, 3]", "blocks.0.attn.attn_scores[0, 4, 2]",
        "blocks.2.attn.attn_scores_max[1, 5]", "blocks.1.attn.attn_scores_expsum[0, 3]", "blocks.0.mlp.post[1, 2]",
        "blocks.0.attn_out[1, 2]", "logits[5, 0]", "probs[5, 2]",
    ],
)  # fmt: skip
def test_every_kind_of_tensor_explains_itself(nano_run: Run, cell: str) -> None:
    found = nano_run.explain(cell)
    assert found.name == cell
    assert (found.origin is None) is (found.tensor.formula is not None)
    assert bool(found.sources) is (found.tensor.formula is not None)
    for written in (found.text, found.latex, found.numbers_text, found.numbers_latex):
        assert written
        assert written.count("{") == written.count("}")
    data = json.loads(json.dumps(found.to_dict()))
    assert data["tensor"] == found.tensor.name
    assert cell in repr(found)


# What explanations say


def test_a_projection(nano_run: Run) -> None:
    found = nano_run.explain("blocks.0.attn.q[3, 0, 5]")
    assert found.place == {"t": 3, "h": 0, "a": 5}
    assert found.value == float(nano_run["blocks.0.attn.q"][3, 0, 5])
    assert found.text == (
        "blocks.0.attn.q[t, h, a] = Sum(c, blocks.0.ln1.normalized[t, c] * blocks.0.attn.W_Q[h, c, a])"
        " + blocks.0.attn.b_Q[h, a]"
    )
    assert len(found.terms) == 48
    first = found.terms[0]
    x, w = nano_run["blocks.0.ln1.normalized"][3], nano_run["blocks.0.attn.W_Q"][0, :, 5]
    assert first.at == (int(np.argmax(np.abs(x.astype(float) * w))),)
    assert [f.tensor for f in first.factors] == ["blocks.0.ln1.normalized", "blocks.0.attn.W_Q"]
    assert [str(s) for s in found.sources] == [
        "blocks.0.ln1.normalized[3, 0:48]", "blocks.0.attn.W_Q[0, 0:48, 5]", "blocks.0.attn.b_Q[0, 5]"
    ]  # fmt: skip


def test_a_masked_score_reads_nothing(nano_run: Run) -> None:
    found = nano_run.explain("blocks.0.attn.attn_scores[0, 2, 3]")
    assert found.value == found.evaluate() == -math.inf
    assert found.sources == []
    assert found.terms == []
    assert found.numbers_text == "blocks.0.attn.attn_scores[0, 2, 3] = -inf, since not 3 <= 2"


def test_a_lookup_reads_the_index_and_the_cell(nano_run: Run) -> None:
    found = nano_run.explain("embed[0, 7]")
    assert [str(s) for s in found.sources] == ["W_E[2, 7]", "tokens[0]"]
    assert found.numbers_text.startswith("embed[0, 7] = W_E[2, 7] = ")


def test_sums_over_heads_are_flattened(nano_run: Run) -> None:
    (terms,) = nano_run.explain("blocks.2.attn_out[1, 2]").sums
    assert terms.axes == ("h", "a")
    assert len(terms.terms) == 48
    assert terms.product


def test_origins(nano_run: Run) -> None:
    assert nano_run.explain("tokens[2]").origin == "the prompt[2]"
    found = nano_run.explain("blocks.1.attn.W_K[2, 5, 3]")
    assert found.origin == "model.safetensors: h.1.attn.c_attn.weight[5, 83]"  # 48 + 2 * 16 + 3
    assert found.evaluate() == found.value


def test_negative_positions_count_from_the_end(nano_run: Run) -> None:
    assert nano_run.explain("logits[-1, 0]").index == (5, 0)


@pytest.mark.parametrize(
    ("cell", "error", "message"),
    [
        ("blocks.0.attn.qq[0, 0, 0]", NameNotFound, r"Did you mean 'blocks\.0\.attn\.q'"),
        ("logits", NameNotFound, "expected a cell such as"),
        ("logits[6, 0]", IndexOutOfRange, r"logits\[6, 0\] is out of range; valid: t from 0 to 5, v from 0 to 2"),
        ("logits[0]", IndexOutOfRange, "takes 2 indices, got 1"),
        ("logits[0, 0, 0]", IndexOutOfRange, "out of range|takes 2"),
        ("logits[0, x]", IndexOutOfRange, "'x' is not a whole number"),
    ],
)
def test_cells_that_do_not_exist(nano_run: Run, cell: str, error: type[CutawayError], message: str) -> None:
    with pytest.raises(error, match=message):
        nano_run.explain(cell)

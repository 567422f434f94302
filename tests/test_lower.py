"""Whole-array evaluation gives what the formula of each cell says, on NumPy and on torch alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.laboratory import AXES, C, D, H, S, T, formulas, laboratory, run_of, values
from helpers.naive import Ambiguous, Naive, agrees, places
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from cutaway.arithmetic import scalar, vector
from cutaway.evaluate import Plan, backend
from cutaway.formula import Axis, Expr, Max, Sum, apply, exp, inf, length, tanh, where

RANDOM = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)
PROMPTS = st.lists(st.integers(0, 2), min_size=1, max_size=4)


@pytest.mark.parametrize("on", ["numpy", "torch"])
@RANDOM
@given(data=st.data(), tokens=PROMPTS, seed=st.integers(0, 1000))
def test_random_formulas_agree_with_a_loop_over_cells(
    on: str, data: st.DataObject, tokens: list[int], seed: int
) -> None:
    lab = laboratory()
    axes, formula = data.draw(formulas(lab))
    note(f"out{axes} = {formula}")
    run = run_of(lab.definition(axes, formula), tokens, values(seed), on)
    read, found = {name: run[name] for name in lab.tensors}, run["out"]
    assert found.dtype == np.float32
    assert found.shape == tuple(len(tokens) if a.dynamic else a.size for a in axes)
    for at in places(axes, len(tokens)):
        try:
            expected, error = Naive(read, len(tokens)).value(formula, at)
        except Ambiguous:
            continue
        cell = float(found[tuple(at.values())])
        assert agrees(cell, expected, error + 1e-7 * abs(expected)), (at, cell, expected, error)


@settings(RANDOM, max_examples=60, phases=[Phase.generate])
@given(data=st.data(), seed=st.integers(0, 1000))
def test_gradients_agree_with_finite_differences(data: st.DataObject, seed: int) -> None:
    """Along a random direction of all weights, in float64 so that the difference is exact enough."""
    lab = laboratory()
    axes, formula = data.draw(formulas(lab))
    definition, on = lab.definition(axes, formula), backend("torch")
    rng = np.random.default_rng(seed)
    integers = {"pick": torch.from_numpy(values(seed)["pick"])}
    start = {n: torch.from_numpy(rng.uniform(0.3, 1.7, w.shape)) for n, w in values(seed).items() if n != "pick"}
    way = {n: torch.from_numpy(rng.normal(size=w.shape)) for n, w in start.items()}
    plan = Plan(definition)

    def total(weights: dict[str, torch.Tensor]) -> torch.Tensor:
        return plan.run([0, 2, 1], {**integers, **weights}, on, keep={"out"})["out"].double().sum()

    leaves = {n: w.clone().requires_grad_() for n, w in start.items()}
    value = total(leaves)
    assume(value.requires_grad and bool(value.isfinite()) and float(value.detach().abs()) < 1e3)
    slopes = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
    found = sum(float((g * w).sum()) for g, w in zip(slopes, way.values(), strict=True) if g is not None)
    one, two = (difference(total, start, way, step) for step in (1e-5, 2e-5))
    assume(abs(one - two) < 1e-4 * (1 + abs(one)))  # no corner of a maximum or a choice in between
    assert abs(found - one) < 1e-3 * (1 + abs(one))


def difference(total, start: dict, way: dict, step: float) -> float:
    ahead, behind = ({n: w + sign * step * way[n] for n, w in start.items()} for sign in (1, -1))
    return float(total(ahead) - total(behind)) / (2 * step)


def check(axes: list[Axis], formula: Expr, *, on: str = "numpy", tokens: tuple[int, ...] = (2, 0, 1)) -> np.ndarray:
    """The lowered value of a formula over the laboratory, compared with the loop."""
    lab = laboratory()
    run = run_of(lab.definition(axes, formula), list(tokens), values(1), on)
    read = {name: run[name] for name in lab.tensors}
    for at in places(axes, len(tokens)):
        expected, error = Naive(read, len(tokens)).value(formula, at)
        assert agrees(float(run["out"][tuple(at.values())]), expected, error + 1e-7 * abs(expected))
    return run["out"]


def tensors() -> dict:
    return laboratory().tensors


@pytest.mark.parametrize("on", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("axes", "formula"),
    [
        ("t", lambda x: Max(C, apply("max", length(C), 0.5))),
        ("h", lambda x: where(length(C) > 2, x["M"][1, H], 0.5)),
        ("", lambda x: apply("sqrt", Sum(C, -1.0)) + length(T)),
        ("td", lambda x: Sum(S, where(S <= T, x["y"][S, D], 0.0)) / (T + 1)),
        ("td", lambda x: where(T > 0, x["y"][T - 1, D], -inf)),
        ("t", lambda x: Sum(C, x["x"][T, C] * x["x"][T, C] * x["x"][T, C])),
        ("d", lambda x: Sum(T, Sum(C, x["x"][T, C] * x["A"][C, D]))),
        ("c", lambda x: x["A"][C, 1] + Sum(D, x["M"][D, D])),
        ("th", lambda x: Sum(D, x["y"][T, D] * x["K"][x["tokens"][T], D, H])),
        ("td", lambda x: Sum(H, tanh(x["M"][0, H]) * x["K"][x["tokens"][T], D, H])),
        ("", lambda x: Sum(T, 1)),
        ("", lambda x: Sum(T, T * T * T)),
        ("hc", lambda x: Sum(D, length(C) * x["K"][x["pick"][C], D, H])),
        ("hc", lambda x: C * 1.0),
    ],
)
def test_forms(axes: str, formula, on: str) -> None:
    check([AXES[name] for name in axes], formula(tensors()), on=on)


@pytest.mark.parametrize(
    ("axes", "formula", "shapes"),
    [
        ("td", lambda x: Sum(C, x["x"][T, C] * x["A"][C, D]), [(3, 3), (3, 2)]),
        ("ht", lambda x: Sum(D, x["M"][D, H] * x["y"][T, D]), [(2, 2), (2, 3)]),
        ("dh", lambda x: Sum(C, x["K"][C, D, H] * x["A"][C, D]), [(2, 2, 3), (2, 3, 1)]),
        ("c", lambda x: Sum(D, Sum(H, x["K"][C, D, H] * x["M"][D, H])), [(3, 4), (4, 1)]),
    ],
)
def test_products_are_matrix_products(axes: str, formula, shapes: list, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum over a product of two tensors is one call of ``matmul``, whatever the order of the axes."""
    xp, calls = backend("numpy").xp, []
    matmul = xp.matmul

    def counted(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        calls.append([a.shape, b.shape])
        return matmul(a, b)

    monkeypatch.setattr(xp, "matmul", counted)
    check([AXES[name] for name in axes], formula(tensors()))
    assert calls[-1] == shapes
    assert len(calls) == 2  # the other is ``pair``


def test_numbers_follow_the_floating_point_standard() -> None:
    assert scalar("/", 1, 0) == inf
    assert scalar("log", 0) == -inf
    assert scalar("exp", 1000) == inf
    assert np.isnan([scalar("sqrt", -1), scalar("**", -8.0, 0.5), scalar("/", 0, 0), scalar("sin", inf)]).all()
    assert np.isnan([scalar("max", float("nan"), 1), scalar("min", 1, float("nan"))]).all()
    assert scalar("//", -3, 2) == -2
    assert vector("erf", np.array([0.0, inf])).tolist() == [0, 1]
    assert scalar("+", 2, 3) == 5
    assert isinstance(scalar("*", 2, 3), int)


def test_exponentials_of_masked_scores_are_zero() -> None:
    """What a causal softmax is made of: minus infinity in, exactly zero out."""
    x = tensors()
    score = where(S <= T, x["pair"][T, S], -inf)
    found = check([T, S], exp(score))
    assert (np.triu(found, 1) == 0).all()

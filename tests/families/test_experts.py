"""Experts: who is chosen and why, and that the others are really left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cutaway
from cutaway.definition import Module
from cutaway.evaluate import backend
from cutaway.explain import explain_at
from cutaway.formula import Axis, Sum
from cutaway.lower import Env, lower
from cutaway.model import Model
from cutaway.run import Run
from families.cases import Case, oracle
from families.configurations import CASES

SPARSE = [c for c in CASES if c.family in ("mixtral", "qwen3_moe", "deepseek_v3", "gpt_oss")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    case = next(c for c in SPARSE if c.id == "mixtral: two of three experts")
    return loaded(case, tmp_path_factory.mktemp("experts")).run(case.prompt)


def loaded(case: Case, folder: Path) -> Model:
    oracle(case, folder)
    return cutaway.load(folder)


def test_the_most_likely_experts_are_chosen_in_order(run: Run) -> None:
    probs, chosen = run["blocks.0.mlp.router_probs"], run["blocks.0.mlp.expert_indices"]
    assert chosen.dtype == np.int64
    np.testing.assert_array_equal(chosen, np.argsort(-probs, axis=1, kind="stable")[:, :2])
    np.testing.assert_allclose(run["blocks.0.mlp.expert_weights"].sum(axis=1), 1, atol=1e-6)


def test_the_choice_is_explained_by_the_routers_numbers(run: Run) -> None:
    chosen = run.explain("blocks.0.mlp.expert_indices[4, 0]")
    assert isinstance(chosen.value, int)
    assert chosen.terms[0].at == (chosen.value,), "of all experts, the one whose rank is 0"
    rank = run.explain(f"blocks.0.mlp.expert_rank[4, {chosen.value}]")
    assert rank.value == 0
    assert {s.tensor for s in rank.sources} == {"blocks.0.mlp.router_probs"}
    hidden = run.explain("blocks.0.mlp.experts.pre[4, 0, 3]")
    weights = next(s for s in hidden.sources if s.tensor == "blocks.0.mlp.experts.W_gate")
    assert weights.index[0] == chosen.value, "only the chosen expert's weights are read"
    assert "blocks.0.mlp.expert_indices" in {s.tensor for s in hidden.sources}


@pytest.mark.parametrize(
    ("case", "on"),
    [*((c, "numpy") for c in SPARSE), (SPARSE[0], "torch")],
    ids=lambda x: x if isinstance(x, str) else x.id,
)
def test_experts_that_are_not_chosen_are_not_computed(case: Case, on: str, tmp_path: Path) -> None:
    model = loaded(case, tmp_path)
    before = model.run(case.prompt[:2], on=on)
    assert model.weights is not None
    weights, spoiled = dict(model.weights), 0
    for name in [n for n in weights if ".experts." in n]:
        layer = name.split(".mlp.")[0]
        idle = sorted(set(range(len(weights[name]))) - set(before[f"{layer}.mlp.expert_indices"].flatten().tolist()))
        weights[name] = np.array(weights[name])
        weights[name][idle] = np.nan
        spoiled += len(idle)
    chosen = backend(on)
    values = model.plan.run(case.prompt[:2], {n: chosen.asarray(w) for n, w in weights.items()}, chosen)
    np.testing.assert_allclose(chosen.asnumpy(values["logits"]), before["logits"], atol=1e-5)
    assert spoiled or case.changes["num_experts_per_tok"] > 1


@pytest.mark.parametrize("on", ["numpy", "torch"])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("own", [False, True], ids=["vector of the token", "vector of the choice"])
def test_a_product_with_a_matrix_that_is_looked_up(on: str, turned: bool, own: bool) -> None:
    t, k = Axis("t", "token", 6, length_of="tokens"), Axis("k", "choice", 2)
    e, c, f = Axis("e", "expert", 4), Axis("c", "channel", 3), Axis("f", "feature", 5)
    root = Module(label="m", kind="model")
    n = root.input("n", [t, k])
    x = root.weight("x", [t, k, c] if own else [t, c])
    w = root.weight("w", [e, f, c] if turned else [e, c, f])
    cell = w[n[t, k], f, c] if turned else w[n[t, k], c, f]
    formula = Sum(c, (x[t, k, c] if own else x[t, c]) * cell)
    lowered, chosen = lower(formula, [f, t, k]), backend(on)
    random = np.random.default_rng(0)
    given = {
        "n": random.integers(0, 3, (5, 2)),
        "x": random.standard_normal((5, 2, 3) if own else (5, 3)).astype(np.float32),
        "w": random.standard_normal((4, 5, 3) if turned else (4, 3, 5)).astype(np.float32),
    }
    given["w"][3] = np.nan  # never looked up
    arrays = [chosen.asarray(given[r.name]) for r in lowered.reads]
    found = chosen.asnumpy(lowered.run(Env(chosen.xp, arrays, {"tokens": 5}, {}, chosen.device, chosen.function)))
    matrices = given["w"].transpose(0, 2, 1) if turned else given["w"]
    for token in range(5):
        for choice in range(2):
            vector = given["x"][token, choice] if own else given["x"][token]
            expected = vector @ matrices[given["n"][token, choice]]
            np.testing.assert_allclose(found[:, token, choice], expected, rtol=1e-5, atol=1e-6)


def test_equal_scores_choose_the_first_expert(run: Run) -> None:
    weights = dict(run.model.weights or {})
    weights["blocks.0.mlp.W_router"] = np.zeros_like(weights["blocks.0.mlp.W_router"])
    values = run.model.plan.run(run.tokens, weights, backend("numpy"))
    np.testing.assert_array_equal(values["blocks.0.mlp.expert_indices"], [[0, 1]] * len(run.tokens))
    again = Run(run.model, run.tokens, values, backend("numpy"))
    assert explain_at(again, run.model.tensors["blocks.0.mlp.expert_rank"], [0, 2]).evaluate() == 2

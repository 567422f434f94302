"""One plan for all backends, every value kept, and gradients and batches through torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from checkpoint_files import write_checkpoint

import cutaway
from cutaway import Model, Run
from cutaway.errors import SettingError
from cutaway.evaluate import LENGTHS_KEPT, Plan, backend


def test_every_tensor_is_kept(nano: Model, nano_run: Run) -> None:
    assert list(nano_run) == list(nano.tensors)
    for name, tensor in nano.tensors.items():
        assert nano_run[name].shape == tensor.shape({"tokens": 6}), name
        assert nano_run[name].dtype == (np.int64 if tensor.integer else np.float32), name


def test_torch_and_numpy_agree(nano: Model, nano_run: Run) -> None:
    run = nano.run("CBABBC", on="torch")
    for name in nano.tensors:
        np.testing.assert_allclose(run[name], nano_run[name], rtol=2e-5, atol=2e-5, err_msg=name)


def test_only_what_is_asked_for_is_returned(nano: Model) -> None:
    on = backend("numpy")
    values = nano.plan.run([0, 1], nano.weights_on(on), on, keep={"logits", "embed"})
    assert set(values) == {"logits", "embed"}


def test_a_plan_gives_the_same_for_prompts_of_changing_length(nano: Model) -> None:
    """Constants such as masks are kept between runs, each for its own length."""
    first = nano.run("ABC")["logits"]
    nano.run("CBABBC")
    nano.run("A")
    np.testing.assert_array_equal(nano.run("ABC")["logits"], first)


def test_constants_do_not_pile_up(tmp_path: Path) -> None:
    """A long generation runs every length once; masks of all lengths would fill the memory."""
    model = cutaway.load(write_checkpoint(tmp_path, n_positions=40))
    first = model.run([1, 2])["logits"]
    for n in range(1, 41):
        model.run([1] * n)
        assert len(model.plan.constants) <= LENGTHS_KEPT
    np.testing.assert_array_equal(model.run([1, 2])["logits"], first)


def test_prompts_share_a_prefix(nano: Model, nano_run: Run) -> None:
    """Causal: what follows a token changes nothing before it."""
    short = nano.run("CBA")
    for name, tensor in nano.tensors.items():
        if tensor.axes and [a.name for a in tensor.axes if a.dynamic] == ["t"] and tensor.axes[0].dynamic:
            np.testing.assert_allclose(short[name], nano_run[name][:3], rtol=1e-4, atol=1e-5, err_msg=name)


def test_layers_that_are_alike_are_lowered_once(nano: Model) -> None:
    runs = {step.name: step.run for step in Plan(nano.definition).steps}
    assert runs["blocks.0.attn.q"] is runs["blocks.2.attn.q"]
    assert runs["blocks.1.resid_pre"] is runs["blocks.2.resid_pre"]


def test_gradients_and_batches(nano: Model) -> None:
    """What training rests on: autograd and vmap through the lowered formulas."""
    on = backend("torch:cpu")
    weights = {n: torch.tensor(w, requires_grad=True) for n, w in nano.weights_on(backend("numpy")).items()}

    def logits(tokens: torch.Tensor) -> torch.Tensor:
        return nano.plan.run(tokens, weights, on, keep={"logits"})["logits"]

    batch = torch.tensor([[0, 1, 2], [2, 2, 0]])
    together = torch.func.vmap(logits)(batch)
    for one, tokens in zip(together, batch, strict=True):
        torch.testing.assert_close(one, logits(tokens), rtol=1e-4, atol=1e-4)
    together.square().sum().backward()
    for name, w in weights.items():
        assert w.grad is not None, name
        assert bool(w.grad.isfinite().all()), name


@pytest.mark.parametrize("name", ["jax", "", "numpy:0", "Torch"])
def test_unknown_backends(name: str) -> None:
    with pytest.raises(SettingError, match="expected numpy, torch or torch:DEVICE"):
        backend(name)

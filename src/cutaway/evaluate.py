"""Evaluation: every tensor of a model for one prompt, all values kept.

Fourth stage. A ``Plan`` holds the lowered formulas of a definition in order of computation; layers
that are alike share one lowering. A ``Backend`` says where arrays live: NumPy, or torch on any device.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from cutaway.definition import Definition, resolve
from cutaway.errors import SettingError
from cutaway.lower import Env, Lowered, Run, lower

Array = Any
LENGTHS_KEPT = 16
"""Prompt lengths whose constants, such as masks, are kept: they grow with the square of the length."""


@dataclass(frozen=True)
class Backend:
    """An array library and a device."""

    name: str
    xp: Any
    device: Any
    function: Callable[[str], Callable[[Array], Array]]
    """Element-wise functions by name, some of which are not in the array API (``erf``)."""
    asarray: Callable[[np.ndarray], Array]
    asnumpy: Callable[[Array], np.ndarray]


@cache
def numpy_backend() -> Backend:
    """NumPy on the CPU; matrix products through its BLAS."""
    import array_api_compat.numpy as xp

    def function(name: str) -> Callable[[Array], Array]:
        if name == "erf":
            from scipy.special import erf

            return erf
        return {"not": np.logical_not}.get(name) or getattr(np, name)

    return Backend("numpy", xp, None, cache(function), lambda x: x, np.asarray)


@cache
def torch_backend(device: str | None = None) -> Backend:
    """Torch on ``device``, by default the GPU when there is one. Needs the extra ``cutaway[torch]``."""
    try:
        import array_api_compat.torch as xp
        import torch
    except ImportError:
        raise SettingError("the torch backend needs torch: pip install 'cutaway[torch]'") from None

    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))

    def function(name: str) -> Callable[[Array], Array]:
        return {"not": torch.logical_not}.get(name) or getattr(torch, name)

    def asarray(x: np.ndarray) -> Array:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*not writable.*")
            return torch.from_numpy(np.asarray(x)).to(where)

    return Backend("torch", xp, where, cache(function), asarray, lambda x: x.detach().cpu().numpy())


def backend(name: str | Backend) -> Backend:
    """A backend by name: ``numpy``, ``torch``, or ``torch:DEVICE``."""
    if isinstance(name, Backend):
        return name
    if name == "numpy":
        return numpy_backend()
    if name == "torch" or name.startswith("torch:"):
        return torch_backend(name.partition(":")[2] or None)
    raise SettingError(f"unknown backend {name!r}; expected numpy, torch or torch:DEVICE")


@dataclass(slots=True)
class Step:
    """One tensor to compute: where it goes, what runs, and the names it reads."""

    name: str
    run: Run
    reads: tuple[str, ...]


@dataclass
class Plan:
    """A definition's formulas, lowered, in order of computation."""

    definition: Definition
    steps: list[Step] = field(default_factory=list)
    constants: dict[tuple[Any, ...], dict[int, Array]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lowered: dict[int, Lowered] = {}
        for name, tensor in self.definition.tensors.items():
            declared = tensor.declared
            if declared.formula is None:
                continue
            if id(declared) not in lowered:
                lowered[id(declared)] = lower(declared.formula, declared.axes, integer=declared.integer)
            low = lowered[id(declared)]
            self.steps.append(Step(name, low.run, tuple(resolve(t.name, tensor.layer) for t in low.reads)))

    def _constants(self, on: Backend, lengths: Mapping[str, int]) -> dict[int, Array]:
        """The constants of runs of these lengths; those of other lengths are dropped when there are many."""
        key = (on.name, str(on.device), *lengths.values())
        if key not in self.constants:
            for old in list(self.constants)[: max(0, len(self.constants) - LENGTHS_KEPT + 1)]:
                self.constants.pop(old, None)
        return self.constants.setdefault(key, {})

    def run(
        self,
        tokens: Sequence[int] | Array,
        weights: Mapping[str, Array],
        on: Backend,
        *,
        keep: set[str] | None = None,
        inputs: Mapping[str, Sequence[int]] | None = None,
    ) -> dict[str, Array]:
        """Every tensor of a run, by full name, on the backend's device.

        ``tokens``: [token] token ids. ``weights``: name to array on the backend, of whatever else is given.
        ``keep``: the names to return; by default all of them. ``inputs``: the decoder's token ids, where the
        model has a decoder, and numbers for further inputs; those that are given nowhere are zeros.
        """
        d = self.definition

        def whole_numbers(numbers: Sequence[int] | Array) -> Array:
            given = isinstance(numbers, (list, tuple))
            return on.xp.asarray(numbers, dtype=on.xp.int64, device=on.device) if given else numbers

        values: dict[str, Array] = {d.tokens: whole_numbers(tokens), **weights}
        values |= {name: whole_numbers(numbers) for name, numbers in (inputs or {}).items()}
        lengths = {name: int(values[name].shape[0]) for name in (d.tokens, d.decoder) if name is not None}
        for name in d.further_inputs:
            if name not in values:
                shape = d.tensors[name].shape(lengths)
                values[name] = on.xp.zeros(shape, dtype=on.xp.int64, device=on.device)
        env = Env(on.xp, (), lengths, self._constants(on, lengths), on.device, on.function)
        with np.errstate(all="ignore"):  # infinite and NaN weights are shown, not warned of
            for step in self.steps:
                env.arrays = [values[name] for name in step.reads]
                values[step.name] = step.run(env)
        return values if keep is None else {name: values[name] for name in keep}

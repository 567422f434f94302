"""Evaluation: every tensor of a model for one prompt, all values kept.

Fourth stage. A ``Plan`` holds the lowered formulas of a definition in order of computation; layers
that are alike share one lowering. A ``Backend`` says where arrays live: NumPy, or torch on any device.
"""

from __future__ import annotations

import warnings
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

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
    copies: bool = False
    """Whether ``asarray`` moves numbers to a memory of its own."""


class WeightsOn(Mapping[str, Array]):
    """Weights as arrays of a backend, each made when a formula asks for it; a run touches each layer once."""

    def __init__(self, weights: Mapping[str, np.ndarray], on: Backend) -> None:
        self._weights = weights
        self._on = on
        self._moved: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        return self._array(name, lambda: self._weights[name])

    def by_position(self, name: str) -> _ByPosition:
        """A weight that is asked for some positions along its first axis only, such as the chosen experts."""
        part: Callable[[str, int], np.ndarray] = getattr(self._weights, "part", lambda n, i: self._weights[n][i])
        return _ByPosition(lambda i: self._array(f"{name}[{i}]", lambda: part(name, i)))

    def _array(self, what: str, read: Callable[[], np.ndarray]) -> Array:
        if what in self._moved:
            return self._moved[what]
        value = self._on.asarray(read())
        if self._on.copies or getattr(self._weights, "keeps", lambda _: True)(what):
            self._moved[what] = value
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._weights

    def __iter__(self) -> Iterator[str]:
        return iter(self._weights)

    def __len__(self) -> int:
        return len(self._weights)


@dataclass(frozen=True, slots=True)
class _ByPosition:
    """Stands for an array of which single positions along the first axis are read."""

    read: Callable[[int], Array]

    def __getitem__(self, position: int) -> Array:
        return self.read(position)


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

    return Backend(
        "torch", xp, where, cache(function), asarray, lambda x: x.detach().cpu().numpy(), where.type != "cpu"
    )


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
    by_position: frozenset[int]
    """Which of ``reads`` need not be there as a whole."""


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
            reads = tuple(resolve(t.name, tensor.layer) for t in low.reads)
            self.steps.append(Step(name, low.run, reads, low.by_position))

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
    ) -> Mapping[str, Array]:
        """Every tensor of a run, by full name, on the backend's device.

        ``tokens``: [token] token ids. ``weights``: name to array on the backend, of whatever else is given.
        ``keep``: the names to return; by default all of them. ``inputs``: the decoder's token ids, where the
        model has a decoder, and numbers for further inputs; those that are given nowhere are zeros.
        """
        d = self.definition

        def whole_numbers(numbers: Sequence[int] | Array) -> Array:
            given = isinstance(numbers, (list, tuple))
            return on.xp.asarray(numbers, dtype=on.xp.int64, device=on.device) if given else numbers

        values = ChainMap({d.tokens: whole_numbers(tokens)}, cast("dict[str, Array]", weights))
        values.update({name: whole_numbers(numbers) for name, numbers in (inputs or {}).items()})
        lengths = {name: int(values[name].shape[0]) for name in (d.tokens, d.decoder) if name is not None}
        for name in d.further_inputs:
            if name not in values:
                shape = d.tensors[name].shape(lengths)
                values[name] = on.xp.zeros(shape, dtype=on.xp.int64, device=on.device)
        env = Env(on.xp, (), lengths, self._constants(on, lengths), on.device, on.function)
        with np.errstate(all="ignore"):  # infinite and NaN weights are shown, not warned of
            for step in self.steps:
                env.arrays = [
                    weights.by_position(name)
                    if isinstance(weights, WeightsOn) and i in step.by_position
                    else values[name]
                    for i, name in enumerate(step.reads)
                ]
                values[step.name] = step.run(env)
        return values if keep is None else {name: values[name] for name in keep}

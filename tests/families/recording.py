"""Everything that Transformers computes on the way: the result of each torch function, to look ours up in."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from torch.overrides import TorchFunctionMode

from families.cases import THEIR_NAMES, Case

MASKED = -1e30
"""Below this a score is one that Transformers hides, where ours is minus infinity."""


class Recorder(TorchFunctionMode):
    """Keeps every tensor that a torch function gives while it is active."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[torch.Tensor] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        with torch._C.DisableTorchFunction():
            self._keep(out)
        return out

    def _keep(self, out: Any) -> None:
        if isinstance(out, torch.Tensor) and out.dtype != torch.bool:
            self.seen.append(out.detach().clone())
        elif isinstance(out, (tuple, list)):
            for each in out:
                self._keep(each)


def recorded(case: Case, folder: Path) -> list[np.ndarray]:
    """What a saved model computes on the case's prompt, hidden scores as minus infinity."""
    config_class, model_class = (case.classes.split() * 2)[:2]
    config = getattr(transformers, f"{config_class}Config").from_pretrained(folder)
    config._attn_implementation = config._experts_implementation = "eager"
    model = getattr(transformers, f"{model_class}{case.head}").from_pretrained(folder, config=config).eval()
    beside = {THEIR_NAMES[name]: torch.tensor([numbers]) for name, numbers in case.inputs.items()}
    with torch.no_grad(), Recorder() as recorder:
        model(torch.tensor([case.prompt]), **beside)
    found = [x.double().numpy() for x in recorder.seen]
    for x in found:
        x[x < MASKED] = -np.inf
    return found


def among(ours: np.ndarray, seen: Iterable[np.ndarray], tolerance: float = 1e-4) -> bool:
    """Whether one of the arrays holds these numbers in these places, up to the order of axes."""
    finite = np.isfinite(ours)
    bound = tolerance * (1 + np.abs(ours[finite]).max(initial=0))

    def same(theirs: np.ndarray) -> bool:
        return bool(
            np.array_equal(np.isfinite(theirs), finite) and (np.abs(theirs[finite] - ours[finite]) <= bound).all()
        )

    orders = list(itertools.permutations(range(ours.ndim)))
    return any(
        same(x.reshape([ours.shape[k] for k in order]).transpose(np.argsort(order)))
        for x in seen
        if x.size == ours.size
        for order in orders
    )

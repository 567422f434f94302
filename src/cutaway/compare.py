"""``cutaway.compare``: what differs between two models, part by part, for people to read.

A thin front door: what there is to know of a model alone stands in ``cost``, ``traits`` and ``stages``, what
corresponds to what in ``alignment``. The page shows the same in its comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cutaway.alignment import AlignedStage, aligned
from cutaway.comparison_text import Values, comparison_text, formula_text, side_by_side
from cutaway.load import load
from cutaway.model import Model
from cutaway.stages import Step, stages
from cutaway.traits import sizes, traits


def compare(first: Model | str | Path, second: Model | str | Path) -> Comparison:
    """What differs between two models: sizes, kinds, and each part of the computation with its formulas.

    A model, or what ``cutaway.load`` takes. ``print`` it, or ask it for ``sizes``, ``traits`` and ``stages``.
    """
    return Comparison(*(m if isinstance(m, Model) else load(m) for m in (first, second)))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two models side by side; ``str`` of it is a table. Made by ``cutaway.compare``."""

    first: Model
    second: Model

    @cached_property
    def sizes(self) -> dict[str, Values]:
        """Parameters, costs and sizes by what they are called, of both models; none for what a model has not."""
        tokens = min(self.first.context, self.second.context)
        return side_by_side(*({**_costs(m, tokens), **sizes(m.definition)} for m in (self.first, self.second)))

    @cached_property
    def traits(self) -> dict[str, Values]:
        """Kinds of norm, positions, attention, gating and experts, in words."""
        return side_by_side(traits(self.first.definition), traits(self.second.definition))

    @cached_property
    def stages(self) -> list[AlignedStage]:
        """The parts of the computation, lined up by their roles."""
        return aligned(stages(self.first.definition), stages(self.second.definition))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "models": [self.first.name, self.second.name],
            "sizes": {name: list(values) for name, values in self.sizes.items()},
            "traits": {name: list(values) for name, values in self.traits.items()},
            "parts": [
                {
                    "part": stage.label,
                    "verdict": stage.verdict,
                    "kinds": {
                        name: list(values)
                        for name, values in side_by_side(*(s.says if s else {} for s in stage.stages)).items()
                    },
                    "steps": [
                        {"step": step.label, "verdict": step.verdict, "formulas": [_formulas(s) for s in step.steps]}
                        for step in stage.steps
                    ],
                }
                for stage in self.stages
            ],
        }

    def __str__(self) -> str:
        return comparison_text(
            (self.first.title, self.second.title), {"Sizes": self.sizes, "Kinds": self.traits}, self.stages
        )

    def __repr__(self) -> str:
        differ = sum(stage.verdict != "same" for stage in self.stages)
        return f"<cutaway.Comparison of {self.first.name} and {self.second.name}: {differ} parts differ>"


def _costs(model: Model, tokens: int) -> dict[str, int]:
    cost = model.cost(tokens=tokens)
    return {
        "parameters": cost.parameters,
        "active parameters": cost.active_parameters,
        f"multiply-adds per token, at {tokens:,}": cost.multiply_adds // tokens,
        "cache bytes per token": cost.cache_bytes_per_token,
    }


def _formulas(step: Step | None) -> list[str]:
    return [] if step is None else [formula_text(v, step) for v in step.variants]

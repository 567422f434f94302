"""The stages of a model: its steps of computation, named so that those of other models can be set beside them.

For comparing two models part by part, in ``compare`` and in the browser. A stage is a part of the computation
(the norm before attention, attention, the head), a step one computed tensor of it. What layers have in common is
one step; where they differ it has a variant for each. Two steps of the same key play the same role. Whether they
are computed alike is seen in their *form*: the formula without names of axes, without sizes and without numbers,
in which what is read has the name of its role. What a stage reads of the stream is the same to it wherever that
was made, for the stage that made it is compared itself.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace

from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, Size, children
from cutaway.roles import Place, Places
from cutaway.traits import stage_in_words


@dataclass(frozen=True)
class Variant:
    """How a step is computed in some of the layers."""

    tensor: Tensor
    form: str
    numbers: tuple[float, ...]
    """The numbers of the formula, in the order of ``formula.walk``."""
    reads: tuple[str, ...]
    """The role of every cell of the formula, in that order."""
    layers: int
    """How many layers; 1 outside of layers."""

    @property
    def sizes(self) -> tuple[tuple[int | None, ...], ...]:
        """Lengths of the axes of the tensor and of each weight it reads; none for those that vary from run to run."""
        return tuple(tuple(None if a.dynamic else a.size for a in t.axes) for t in (self.tensor, *self.weights))

    @property
    def weights(self) -> list[Tensor]:
        """The weights it reads, each once."""
        read = [c.tensor for c in self.tensor.reads]
        return list(dict.fromkeys(t for t in read if isinstance(t, Tensor) and t.role == "weight"))

    @property
    def like(self) -> tuple[object, ...]:
        """What is equal where nothing differs."""
        return self.form, self.numbers, self.sizes


@dataclass(frozen=True)
class Step:
    """One computed tensor of a stage."""

    key: str
    """Its role in the stage, the same in every model."""
    label: str
    variants: list[Variant]


@dataclass(frozen=True)
class Stage:
    """A part of the computation."""

    group: str
    """``before`` the layers, ``encoder`` or ``decoder`` layers, or ``after`` them."""
    slot: str
    """What it is for. Stages of the same slot can be set side by side, those of the same key first."""
    key: str
    label: str
    layers: int
    """In how many layers it stands; 1 outside of layers."""
    says: dict[str, str]
    """What kind it is, in a few words, by what they say it of."""
    steps: list[Step]


def stages(definition: Definition) -> list[Stage]:
    """Every stage of a model, in order of computation. Each computed tensor is in one of them."""
    found = Places(definition)
    made: dict[tuple[str, str, str], Stage] = {}
    owners: dict[tuple[str, str, str], dict[Module, None]] = {}
    for tensor, place in found.in_order():
        at = made.setdefault(place.stage, Stage(place.group, place.slot, place.part, place.label, 0, {}, []))
        owners.setdefault(place.stage, {}).update(dict.fromkeys(place.modules))
        if tensor.formula is not None:
            _add(at.steps, place, _variant(tensor, found))
    return [
        replace(
            stage,
            layers=max(sum(v.layers for v in s.variants) for s in stage.steps),
            says=stage_in_words(definition, stage.slot, list(owners[place])),
        )
        for place, stage in made.items()
        if stage.steps
    ]


def _add(steps: list[Step], place: Place, variant: Variant) -> None:
    """Put a variant to the step that it is of, with what is computed alike."""
    step = next((s for s in steps if s.key == place.key), None)
    if step is None:
        steps.append(Step(place.key, place.said, [variant]))
        return
    for k, other in enumerate(step.variants):
        if other.like == variant.like:
            step.variants[k] = replace(other, layers=other.layers + variant.layers)
            return
    step.variants.append(variant)


def _variant(t: Tensor, places: Places) -> Variant:
    """How ``t`` is computed in all the layers that it is declared for."""
    numbers: list[float] = []
    reads: list[str] = []
    axes: dict[Axis, str] = {}

    def name(axis: Axis) -> str:
        return axes.setdefault(axis, str(len(axes)))

    def form(e: Expr) -> str:
        match e:
            case Const(value):
                numbers.append(value)
                return "#"
            case Axis():
                return name(e)
            case Size(axis):
                return f"L{name(axis)}"
            case Cell(tensor):
                head = places.role(t, tensor)
                reads.append(head)
            case Reduce(op, axis):
                head = f"{op} {name(axis)}"
            case Apply(op):
                head = op
            case _:
                raise TypeError(f"expected an expression, got {e!r}")
        return f"({head} {' '.join(form(child) for child in children(e))})"

    left = " ".join(name(a) for a in t.axes)
    text = f"{left} = {'' if t.formula is None else form(t.formula)}"
    digest = base64.urlsafe_b64encode(hashlib.blake2b(text.encode(), digest_size=5).digest())
    return Variant(t, digest.decode()[:6], tuple(numbers), tuple(reads), len(t.layers) or 1)

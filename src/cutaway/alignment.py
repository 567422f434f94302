"""Two models lined up: which stages and steps of them play the same role, and which of those differ in what.

On ``stages``, for ``compare``; ``client/src/state/alignment.ts`` does the same for any two models of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from cutaway.stages import Stage, Step, Variant

Verdict = Literal["same", "sizes", "numbers", "formula", "first", "second"]
"""Nothing differs; only lengths of axes do; a number of the formula does; the formula does; only one model has it."""
LAYERS = frozenset({"encoder", "decoder"})

T = TypeVar("T")
Pair = tuple[T | None, T | None]


@dataclass(frozen=True)
class AlignedStep:
    """A step of one of the models, or what plays the same role in both."""

    steps: Pair[Step]
    verdict: Verdict

    @property
    def label(self) -> str:
        return _either(self.steps).label


@dataclass(frozen=True)
class AlignedStage:
    """A stage of one of the models, or what plays the same role in both."""

    stages: Pair[Stage]
    steps: list[AlignedStep]
    verdict: Verdict
    like: AlignedStage | None = None
    """One before it of whose steps the very same can be said."""

    @property
    def label(self) -> str:
        """What it is called; both names where they differ."""
        return " / ".join(dict.fromkeys(s.label for s in self.stages if s is not None))


def aligned(a: Sequence[Stage], b: Sequence[Stage]) -> list[AlignedStage]:
    """The stages of two models in an order that is that of both, as far as there is one."""
    groups = paired(
        list(dict.fromkeys(s.group for s in a)),
        list(dict.fromkeys(s.group for s in b)),
        key=lambda group: group,
        slot=lambda group: "layers" if group in LAYERS else group,
    )
    made = [
        _aligned_stage(pair)
        for first, second in groups
        for pair in paired(
            [s for s in a if s.group == first],
            [s for s in b if s.group == second],
            key=lambda stage: (stage.slot, stage.key),
            slot=lambda stage: stage.slot,
        )
    ]
    said: dict[object, AlignedStage] = {}
    found: list[AlignedStage] = []
    for stage in made:
        earlier = said.setdefault(_said(stage), stage)
        found.append(stage if earlier is stage else replace(stage, like=earlier))
    return found


def _said(stage: AlignedStage) -> object:
    """What differs in a stage, and how."""
    return tuple((p and (p.key, *(v.like for v in p.variants))) for step in stage.steps for p in step.steps)


def paired(a: Sequence[T], b: Sequence[T], *, key: Callable[[T], object], slot: Callable[[T], object]) -> list[Pair[T]]:
    """Each of ``a`` with its like in ``b``: of the same key, else the next that is left over of the same slot.

    In the order of ``a``; what only ``b`` has stands after what it follows there.
    """
    of: dict[int, int] = {}
    for like in (key, slot):
        for i, x in enumerate(a):
            taken = set(of.values())
            found = (j for j, y in enumerate(b) if j not in taken and like(y) == like(x))
            if i not in of and (j := next(found, None)) is not None:
                of[i] = j
    made: list[Pair[T]] = []
    alone = [j for j in range(len(b)) if j not in of.values()]
    for i, x in enumerate(a):
        while i in of and alone and alone[0] < of[i]:
            made.append((None, b[alone.pop(0)]))
        made.append((x, b[of[i]] if i in of else None))
    return made + [(None, b[j]) for j in alone]


def compared(a: Step, b: Step) -> Verdict:
    """In what two steps differ, all variants together."""
    parts: tuple[tuple[Verdict, Callable[[Variant], object]], ...] = (
        ("formula", lambda v: v.form),
        ("numbers", lambda v: (v.form, v.numbers)),
        ("sizes", lambda v: v.like),
    )
    for verdict, part in parts:
        if {part(v) for v in a.variants} != {part(v) for v in b.variants}:
            return verdict
    return "same"


def _aligned_stage(pair: Pair[Stage]) -> AlignedStage:
    first, second = pair
    if first is None or second is None:
        alone = [_aligned_step((s, None) if second is None else (None, s)) for s in _either(pair).steps]
        return AlignedStage(pair, alone, alone[0].verdict)
    steps = [_aligned_step(p) for p in paired(first.steps, second.steps, key=_key, slot=_key)]
    return AlignedStage(pair, steps, worst(s.verdict for s in steps))


def _aligned_step(pair: Pair[Step]) -> AlignedStep:
    first, second = pair
    if first is not None and second is not None:
        return AlignedStep(pair, compared(first, second))
    return AlignedStep(pair, "first" if second is None else "second")


def _key(step: Step) -> str:
    return step.key


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """What there is to say of several together; a step that only one of two has is another formula."""
    found = set(verdicts)
    if found - {"same", "sizes", "numbers"}:
        return "formula"
    if "numbers" in found:
        return "numbers"
    return "sizes" if "sizes" in found else "same"


def _either(pair: Pair[T]) -> T:
    first, second = pair
    found = first if first is not None else second
    assert found is not None
    return found

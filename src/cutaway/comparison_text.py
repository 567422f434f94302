"""A comparison of two models as text: tables of sizes and kinds, then what differs in each part, with its formulas.

What differs within a formula has carets under it; steps that are alike stand together in one line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cutaway.alignment import AlignedStage, AlignedStep, Verdict
from cutaway.axes import KINDS
from cutaway.definition import Tensor
from cutaway.formula import Apply, Axis, Cell, Expr, Reduce, Size
from cutaway.printing import TEXT, Printer
from cutaway.stages import Step, Variant

VERDICTS: dict[Verdict, str] = {
    "same": "the same",
    "sizes": "other sizes",
    "numbers": "other numbers",
    "formula": "another formula",
}
"""What a verdict is called; of what only one has, the model is named."""

Values = tuple[int | str | None, int | str | None]


def side_by_side(a: Mapping[str, int | str], b: Mapping[str, int | str]) -> dict[str, Values]:
    return {name: (a.get(name), b.get(name)) for name in dict.fromkeys([*a, *b])}


def comparison_text(
    titles: tuple[str, str], tables: Mapping[str, Mapping[str, Values]], parts: Iterable[AlignedStage]
) -> str:
    """The whole text. ``tables``: rows by their headings; ``parts``: the stages of two models of these titles."""
    return "\n".join(_lines(titles, tables, parts))


def _lines(
    titles: tuple[str, str], tables: Mapping[str, Mapping[str, Values]], parts: Iterable[AlignedStage]
) -> Iterator[str]:
    for heading, rows in tables.items():
        yield from _table(heading, titles, rows)
        yield ""
    for stage in parts:
        yield from _stage_lines(stage, titles)


def _table(heading: str, titles: tuple[str, str], rows: Mapping[str, Values]) -> Iterator[str]:
    """Rows with a mark before those that differ."""
    texts = [(heading, *titles), *((name, *map(_text, values)) for name, values in rows.items())]
    widths = [max(len(row[k]) for row in texts) for k in range(3)]
    for k, (name, a, b) in enumerate(texts):
        mark = "≠" if k and a != b else " "
        yield f"{mark} {name:<{widths[0]}}  {a:<{widths[1]}}  {b}".rstrip()


def _text(value: int | str | None) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else value


def _stage_lines(stage: AlignedStage, titles: tuple[str, str]) -> Iterator[str]:
    """What a stage is called, what is to be said of it, and its steps; those that are alike in one line."""
    yield f"{stage.label}: {_said(stage.verdict, titles)}{_layers(stage)}"
    if stage.like is not None and stage.verdict not in ("same", "first", "second"):
        yield f"    as in: {stage.like.label}"
        return
    if stage.verdict in ("first", "second"):
        yield f"    {' · '.join(step.label for step in stage.steps)}"
        return
    for name, (a, b) in side_by_side(*(s.says if s else {} for s in stage.stages)).items():
        if a != b:
            yield f"    {name}: {_text(a)} / {_text(b)}"
    folded: dict[Verdict, list[str]] = {"sizes": [], "same": []}
    for step in stage.steps:
        if is_calm(step):
            folded[step.verdict].append(step.label)
        else:
            yield from _step_lines(step, titles)
    for verdict, labels in folded.items():
        if labels and stage.verdict != "same":
            yield f"    {VERDICTS[verdict]}: {' · '.join(labels)}"


def is_calm(step: AlignedStep) -> bool:
    """Whether there is nothing to see: nothing differs, or only how many numbers are computed."""
    if step.verdict == "sizes":
        return not any(v.weights for s in step.steps if s is not None for v in s.variants)
    return step.verdict == "same"


def _layers(stage: AlignedStage) -> str:
    counts = [s.layers for s in stage.stages if s is not None]
    return f" ({' / '.join(map(str, counts))} layers)" if max(counts) > 1 else ""


def _said(verdict: Verdict, titles: tuple[str, str]) -> str:
    return VERDICTS.get(verdict) or f"only in {titles[verdict == 'second']}"


def _step_lines(step: AlignedStep, titles: tuple[str, str]) -> Iterator[str]:
    yield f"    {step.label}: {_said(step.verdict, titles)}"
    if step.verdict == "sizes":
        yield f"        {' / '.join('; '.join(map(_shapes, s.variants)) for s in step.steps if s is not None)}"
        return
    width = max(map(len, titles))
    for side, own in enumerate(step.steps):
        other = step.steps[1 - side]
        if own is None:
            continue
        for variant in own.variants:
            formula = formula_text(variant, own)
            begin = f"        {titles[side]:<{width}}  "
            yield begin + formula + (f"  ({variant.layers} layers)" if len(own.variants) > 1 else "")
            if other is not None and (marks := _marks(variant, own, _nearest(variant, other), other)):
                yield " " * len(begin) + marks


def _nearest(variant: Variant, step: Step) -> Variant:
    """What to compare a variant with: one of the same formula if there is one."""
    return min(step.variants, key=lambda v: (v.like != variant.like, v.form != variant.form))


def formula_text(variant: Variant, step: Step, *, plain_axes: bool = True) -> str:
    """The formula of a step, in which everything has the name of its role: ``x`` is what enters the stage.

    Without ``plain_axes``, axes are counted within their kind instead of named, so that those of two models are
    called alike.
    """
    t = variant.tensor
    assert t.formula is not None
    roles = {c.tensor.name: role for c, role in zip(t.reads, variant.reads, strict=True)}
    own = step.key if step.key in ("out", "normalized") else _last(t)
    style = replace(TEXT, tensor=lambda read: roles.get(read.name, own))
    if plain_axes:
        return Printer(style).equation(t, t.formula, {})
    used = [*t.axes, *(e.axis if isinstance(e, Reduce) else e for e in t.nodes if isinstance(e, Reduce | Axis))]
    counted = {a: Axis(f"{KINDS[a.kind].colour}_{_rank(a, used)}", a.kind, a.size, a.length_of) for a in used}
    style = replace(style, size=lambda axis: f"{axis.name}_")
    renamed = replace(t, axes=tuple(counted[a] for a in t.axes))
    return Printer(style).equation(renamed, _with_axes(t.formula, counted), {})


def _rank(axis: Axis, among: Iterable[Axis]) -> int:
    """The how manyth of its colour an axis is."""
    alike = (a for a in among if KINDS[a.kind].colour == KINDS[axis.kind].colour)
    return list(dict.fromkeys(alike)).index(axis)


def _with_axes(e: Expr, of: Mapping[Axis, Axis]) -> Expr:
    """The expression with other axes in place of its own."""
    match e:
        case Axis():
            return of[e]
        case Size(axis):
            return Size(of.get(axis, axis))
        case Cell(tensor, indices):
            return Cell(tensor, tuple(_with_axes(i, of) for i in indices))
        case Apply(op, args, kind):
            return Apply(op, tuple(_with_axes(a, of) for a in args), kind)
        case Reduce(op, axis, body):
            return Reduce(op, of[axis], _with_axes(body, of))
    return e


def _shapes(variant: Variant) -> str:
    """``W_Q H 12 × C 768 × A 64`` of each weight that a step reads."""
    return "; ".join(f"{_last(w)} {_shape(w)}" for w in variant.weights)


def _shape(t: Tensor) -> str:
    letters = [(KINDS[a.kind].letter, None if a.dynamic else a.size) for a in t.axes]
    return " × ".join(letter if size is None else f"{letter} {size:,}" for letter, size in letters)


def _last(t: Tensor) -> str:
    return t.name.rpartition(".")[2]


def _marks(variant: Variant, step: Step, other: Variant, beside: Step) -> str:
    """Carets under the words of a formula that the ``other`` does not have at their place, however axes are called."""
    words, written, others = (
        re.findall(r"[\w.]+|\S|\s+", text)
        for text in (
            formula_text(variant, step, plain_axes=False),
            formula_text(variant, step),
            formula_text(other, beside, plain_axes=False),
        )
    )
    matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
    kept = {k for block in matcher.get_matching_blocks() for k in range(block.a, block.a + block.size)}
    return "".join(("^ "[k in kept or word.isspace()]) * len(word) for k, word in enumerate(written)).rstrip()

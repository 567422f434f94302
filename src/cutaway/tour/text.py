"""Text of a chapter: Markdown with formulas and references, compiled to what the page shows.

``**strong**``, ``*italic*``, `` `code` ``, ``$formula$`` and ``$$formula$$``, ``- items``, and in braces:

    {query}            the reference of that name: a tensor, a part, cells, a number
    {query|queries}    the same in other words
    {score:percent}    a number in another form: value, percent, count, token
    {query:formula}    the formula of a tensor, typeset
    {C} {H} {L} {T}    the length of an axis by its letter; the number of layers; of tokens of the run
    {prompt}           the prompt itself
    `{name}`           a text that was given, as code

Everything is resolved when the tour is compiled, in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutaway import wire
from cutaway.axes import KINDS
from cutaway.errors import near_matches
from cutaway.formula import Axis, Expr, length
from cutaway.printing import LATEX, Printer
from cutaway.tour.errors import TourError
from cutaway.tour.module_view import ModuleView
from cutaway.tour.sentences import without_numbers
from cutaway.tour.tensor_view import Cells, TensorView
from cutaway.tour.things import selectors
from cutaway.wire_formula import wire_expr

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter

WIDGETS = ("softmax", "sampling")
SHARES = ("parameters", "multiply_adds", "bytes")
FORMATS = ("value", "percent", "count", "token", "prompt")

_PARTS = re.compile(
    r"(?P<display>\$\$(?:[^$\\]|\\.)+\$\$)|(?P<tex>\$(?:[^$\\]|\\.)+\$)|(?P<code>`[^`]+`)"
    r"|(?P<strong>\*\*(?=\S).+?(?<=\S)\*\*(?!\*))|(?P<em>\*(?=\S)[^*]+(?<=\S)\*)|(?P<ref>\{[^{}]*\})"
)


def pieces(c: Chapter, words: str, references: dict[str, Any]) -> list[wire.Piece]:
    """The paragraphs of a text, in the language that is being compiled. Without values, what needs a run is left
    out."""
    made: list[wire.Piece] = []
    told = list if c.has_values else without_numbers
    for paragraph in c.translations(words).split("\n\n"):
        for item in re.split(r"(?:^|\n)(?=- )", paragraph):
            if item.strip():
                is_item = item.startswith("- ")
                content = told(_inline(c, item[2:] if is_item else item, references))
                if content:
                    made.append(wire.Paragraph(content, is_item))
    return made


def inline(c: Chapter, words: str, references: dict[str, Any]) -> list[wire.Inline]:
    """A text of one line, in the language that is being compiled; empty where it needs a run and there is none."""
    found = _inline(c, c.translations(words), references)
    return found if c.has_values else without_numbers(found)


def _inline(c: Chapter, words: str, references: dict[str, Any]) -> list[wire.Inline]:
    made: list[wire.Inline] = []
    end = 0
    for match in _PARTS.finditer(words):
        if match.start() > end:
            made.append(words[end : match.start()])
        found = match[0]
        match match.lastgroup:
            case "display":
                made.append(wire.Tex(found[2:-2].strip(), True))
            case "tex":
                made.append(wire.Tex(found[1:-1].strip(), False))
            case "code":
                made.append(wire.Code(_filled(c, found[1:-1], references)))
            case "strong":
                made.append(wire.Emphasis(True, _inline(c, found[2:-2], references)))
            case "em":
                made.append(wire.Emphasis(False, _inline(c, found[1:-1], references)))
            case _:
                made += _reference(c, found[1:-1], references)
        end = match.start() + len(found)
    if words[end:]:
        made.append(words[end:])
    return made


def _filled(c: Chapter, code: str, references: dict[str, Any]) -> str:
    """Code with the texts in it that were given."""
    for name in dict.fromkeys(re.findall(r"\{(\w+)\}", code)):
        thing = _resolved(c, name, references)
        if not isinstance(thing, str):
            raise TourError(f"{c.here}: `{code}`: code takes texts only, got {thing!r}")
        code = code.replace(f"{{{name}}}", thing)
    return code


def _reference(c: Chapter, inside: str, references: dict[str, Any]) -> Iterator[wire.Inline]:
    """What stands in braces."""
    head, bar, words = inside.partition("|")
    name, _, form = head.strip().partition(":")
    thing = _resolved(c, name.strip(), references)
    form = form.strip()
    if form == "formula":
        yield _formula(c, thing, name)
        return
    if form and form not in FORMATS:
        raise TourError(f"{c.here}: {{{inside}}}: expected one of formula, {', '.join(FORMATS)}, got {form!r}")
    content: list[wire.Inline] = [words] if bar else []
    match thing:
        case TensorView():
            yield wire.Reference("tensor", thing.name, [], content or [c.translations(thing.tensor.label)])
        case ModuleView():
            yield wire.Reference("module", thing.path, [], content or [thing.label])
        case Cells():
            number = wire.RunNumber(wire_expr(thing.value), form or "value") if not content else None
            index = selectors(thing)
            yield wire.Reference("cells", thing.view.name, index, content or ([number] if number else []))
        case Axis():
            yield wire.Reference("axis", thing.kind, [], content or [size_of(c, thing)])
        case Prompt(tokens):
            yield wire.RunNumber(wire_expr(tokens), "prompt")
        case Expr():
            yield wire.RunNumber(wire_expr(thing), form or "value")
        case bool() | int() | float() | str():
            yield written(thing, c.translations.language)
        case _:
            raise TourError(f"{c.here}: {{{inside}}}: a text cannot speak of {thing!r}")


@dataclass(frozen=True)
class Prompt:
    """Stands for the text of the prompt."""

    tokens: Expr


def size_of(c: Chapter, axis: Axis) -> wire.Inline:
    """The length of an axis: a number of this model, or of the run."""
    if axis.dynamic:
        return wire.RunNumber(wire_expr(length(axis)), "count")
    return written(axis.size, c.translations.language)


def _formula(c: Chapter, thing: object, name: str) -> wire.Inline:
    if not isinstance(thing, TensorView):
        raise TourError(f"{c.here}: {{{name}:formula}}: expected a tensor, got {thing!r}")
    declared = thing.tensor.declared
    return wire.Tex(Printer(LATEX).equation(declared, declared.formula, {a: 0 for a in declared.axes}), True)


def _resolved(c: Chapter, name: str, references: dict[str, Any]) -> Any:
    if name in references:
        return references[name]
    if name == "prompt":
        return Prompt(c.tokens)
    if name == "L":
        return len(c.model.blocks)
    used = {a.kind for a in c.definition.axes}
    for kind in KINDS.values():
        if kind.letter == name and kind.name in used:
            return c.axis(kind.name)
    known = [*references, "L", "prompt", *(k.letter for k in KINDS.values())]
    raise TourError(
        f"{c.here}: the text speaks of {{{name}}}, which is not given; "
        f"given are {', '.join(references) or 'no references'}.{near_matches(name, known)}"
    )


_SEPARATORS = {"de": ".", "fr": "\u202f"}


def written(thing: bool | int | float | str, language: str) -> str:
    """A number that does not depend on the run, as that language writes it."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, float) and not thing.is_integer():
        text = f"{thing:.3g}"
        return text.replace(".", ",") if language in ("de", "fr") else text
    return f"{int(thing):,}".replace(",", _SEPARATORS.get(language, ","))

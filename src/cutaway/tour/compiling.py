"""Compiling a tour: every chapter is run once against a model, and what it recorded is data.

Chapters for parts that a model does not have (``block: Block``, ``c.needs(...)``) are left out of its tour.
What a chapter then speaks of without having asked leaves it out, too, or is an error when the author is
told (``strict``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import signature
from pathlib import Path
from typing import Any, get_type_hints

from cutaway import wire
from cutaway.definition import Definition
from cutaway.errors import CutawayError
from cutaway.layout import scene_of
from cutaway.model import Model
from cutaway.tour.chapter import Chapter
from cutaway.tour.diagram import diagram_of
from cutaway.tour.errors import MissingPart, NotForThisModel, TourError, shown_path
from cutaway.tour.kinds import VIEWS
from cutaway.tour.places import Places
from cutaway.tour.translations import SOURCE, Translations, read
from cutaway.tour.written import Written


@dataclass(frozen=True)
class Tour:
    """Chapters in order. ``translations``: the folder with a ``.po`` file for each further language."""

    name: str
    title: str
    chapters: Sequence[Written]
    translations: Path | None = None
    requires: Sequence[str] = ()
    """Names of tensors without which it has nothing to tell (``*`` for the layer)."""

    def __post_init__(self) -> None:
        ids = [chapter.id for chapter in self.chapters]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise TourError(f"tour {self.name!r}: two chapters are named {', '.join(twice)}")
        if not ids:
            raise TourError(f"tour {self.name!r} has no chapters; declare some with @chapter(...)")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise TourError(f"a tour's name is small letters, digits and single hyphens, got {self.name!r}")

    @property
    def languages(self) -> list[str]:
        """English and every language there is a file for."""
        found = sorted(p.stem for p in self.translations.glob("*.po")) if self.translations else []
        return [SOURCE, *found]

    def texts(self, language: str) -> Translations:
        """The texts in a language."""
        if language == SOURCE:
            return Translations()
        if language not in self.languages or self.translations is None:
            raise TourError(f"tour {self.name!r} is not there in {language!r}; it is in {', '.join(self.languages)}")
        return read(self.translations / f"{language}.po", language)


@dataclass(frozen=True)
class Compiled:
    """A tour of a model in a language, and what was left out."""

    tour: wire.Tour
    left_out: dict[str, str] = field(default_factory=dict)
    """Chapters that this model has no parts for, and why."""
    translations: Translations = field(default_factory=Translations)


def compile_tour(
    tour: Tour, model: Model, *, language: str = SOURCE, strict: bool = False, has_values: bool | None = None
) -> Compiled:
    """Run every chapter against ``model``. Raises ``TourError`` with the author's file and line.

    ``strict``: a chapter that speaks of what the model does not have, and did not say so, is an error, too.
    ``has_values``: whether there are runs whose numbers it may speak of; by itself: where the model has weights.
    """
    translations = tour.texts(language)
    has_values = model.weights is not None if has_values is None else has_values
    places = _places_of(model.definition, has_values)
    made: list[wire.Chapter] = []
    left_out: dict[str, str] = {}
    for written in tour.chapters:
        try:
            made.append(compile_chapter(written, model, places, translations, has_values=has_values))
        except MissingPart as e:
            if strict and not isinstance(e, NotForThisModel):
                raise
            left_out[written.id] = str(e)
    if not made:
        why = "; ".join(left_out.values())
        raise TourError(f"nothing of the tour {tour.name!r} can be told of {model.name}: {why}")
    title = translations(tour.title)
    diagram = diagram_of(model.definition, translations)
    labels = _labels(model.definition, translations)
    return Compiled(wire.Tour(tour.name, title, model.name, language, diagram, made, labels), left_out, translations)


@lru_cache(maxsize=4)
def _places_of(definition: Definition, has_values: bool) -> Places:
    """Where everything stands, worked out once for all languages and tours."""
    return Places(definition, scene_of(definition), has_values=has_values)


def _labels(definition: Definition, translations: Translations) -> dict[str, str]:
    """What tensors and parts are called in another language, where that differs."""
    if translations.language == SOURCE:
        return {}
    modules = [m for m in definition.root.walk() if m is not definition.root]
    named = dict.fromkeys(x.label for x in (*definition.root.declared(), *modules))
    return {label: to for label in named if (to := translations(label)) != label}


def compile_chapter(
    written: Written, model: Model, places: Places, translations: Translations, *, has_values: bool
) -> wire.Chapter:
    """Run one chapter."""
    c = Chapter(written.id, written.title, model, places, translations, has_values=has_values)
    try:
        written.function(c, **_parts(written, c))
        return c.finish()
    except CutawayError as e:
        if isinstance(e, TourError) and written.id in str(e):
            raise
        kind = type(e) if isinstance(e, MissingPart) else TourError
        raise kind(f"chapter {written.id!r}: {e}") from None
    except Exception as e:
        raise TourError(f"chapter {written.id!r} ({_line_of(e, written)}): {type(e).__name__}: {e}") from e


def _parts(written: Written, c: Chapter) -> dict[str, Any]:
    """What the function asks for by its annotations: ``block: Block`` is the first block."""
    hints = get_type_hints(written.function)
    made: dict[str, Any] = {}
    for name in list(signature(written.function).parameters)[1:]:
        view = hints.get(name)
        kind = next((k for k, v in VIEWS.items() if v is view), None)
        if kind is None:
            code = written.function.__code__
            raise TourError(
                f"chapter {written.id!r} ({shown_path(code.co_filename)}, line {code.co_firstlineno}): "
                f"parameter {name!r} needs an annotation, one of {', '.join(v.__name__ for v in VIEWS.values())}"
            )
        made[name] = c.first(kind)
    return made


def _line_of(error: Exception, written: Written) -> str:
    """The last line of the author's file on the way to an error."""
    trace, line = error.__traceback__, written.function.__code__.co_firstlineno
    file = written.function.__code__.co_filename
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{shown_path(file)}, line {line}"


def number_of_stops(chapters: Iterable[wire.Chapter]) -> int:
    return sum(len(chapter.steps) for chapter in chapters)

"""The models of a page, drawn for other numbers of tokens: what its list *Drawn for* offers beside what is shown.

Beside ``catalogue``, which has the same of well-known models. These have the values of the model that they are drawn
from: their weights are the same file. Each is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import msgspec

from cutaway import wire
from cutaway.budget import why_no_values
from cutaway.bundle import TOURS, bundle, first_run, run_file, to_json, with_runs_left_to_browser
from cutaway.catalogue import COMFORTABLE, LENGTHS
from cutaway.model import Model
from cutaway.shorter import name_within, title_of_whole, title_within
from cutaway.tour.compiling import Tour
from cutaway.tour.files import fits, path_of, tour_file

FEW = 128
"""Tokens for which a model is drawn whose weights are few enough to be shown: such a one is narrow."""


@dataclass(frozen=True)
class Redrawn:
    """A model of the page for another number of tokens than it is shown for."""

    shown: Model
    tokens: int
    tours: Sequence[Tour]
    """Those of the page."""

    @property
    def is_whole(self) -> bool:
        return self.tokens == self.shown.definition.true_context

    @property
    def name(self) -> str:
        whole = self.shown.definition.whole_name
        return whole if self.is_whole else name_within(whole, self.tokens)

    @property
    def run_path(self) -> str:
        """Of the run that a visitor sees first, where there are values."""
        return f"{self.name}/run.safetensors"

    def entry(self, parameters: int) -> wire.CatalogueEntry:
        whole = self.shown.definition.whole_name
        title = title_of_whole(self.shown.title, self.shown.definition)
        return wire.CatalogueEntry(
            self.name,
            title if self.is_whole else title_within(title, self.tokens),
            parameters,
            f"{self.name}/bundle.json",
            self.tokens,
            whole=None if self.is_whole else whole,
        )

    @cached_property
    def model(self) -> Model:
        whole = self.shown
        if whole.definition.whole is not None:
            whole = replace(
                whole, definition=whole.definition.whole, title=title_of_whole(whole.title, whole.definition)
            )
        return whole.within(self.tokens)

    @cached_property
    def bundle(self) -> wire.Bundle:
        made = bundle([self.model], capabilities=wire.Capabilities(), tours=self.tours)
        return with_runs_left_to_browser(made, [self.model])

    def files(self) -> dict[str, Callable[[], bytes]]:
        """Path to what makes the file there, but for the weights. A run is there whether the bundle names it or not."""
        made: dict[str, Callable[[], bytes]] = {f"{self.name}/bundle.json": lambda: to_json(self.bundle)}
        if not why_no_values(self.shown):
            made[self.run_path] = lambda: run_file(first_run(self.model))
        return made | self.tour_files(self.tours)

    def tour_files(self, tours: Sequence[Tour]) -> dict[str, Callable[[], bytes]]:
        """Path to what compiles the tour there."""
        return {
            path_of(tour, self.name, language): partial(self._tour, tour, language)
            for tour in tours
            if fits(tour, self.shown)
            for language in tour.languages
        }

    def _tour(self, tour: Tour, language: str) -> bytes:
        return tour_file(tour, self.model, language, has_values=not why_no_values(self.shown))


def redrawn(models: Sequence[Model], *, tours: Sequence[Tour] = TOURS, only_fewest: bool = False) -> list[Redrawn]:
    """What the models of a page can be drawn for besides: of a long context, fewer tokens, or the fewest of these
    only; of one that is drawn for fewer, its whole context, too."""
    names = {model.name for model in models}
    made = (
        Redrawn(model, tokens, tours)
        for model in models
        for tokens in (*_shorter(model)[: 1 if only_fewest else None], model.definition.true_context)
    )
    return list({each.name: each for each in made if each.name not in names}.values())


def _shorter(model: Model) -> tuple[int, ...]:
    """Fewest first."""
    context = model.definition.true_context
    lengths, comfortable = (LENGTHS, COMFORTABLE) if why_no_values(model) else ((FEW, *LENGTHS), LENGTHS[0])
    return tuple(n for n in lengths if n < context) if context > comfortable else ()


def with_redrawn(described: wire.Bundle, made: Iterable[Redrawn]) -> wire.Bundle:
    """The bundle that also lists these, before what it lists already."""
    parameters = {spec.name: spec.cost.parameters for spec in described.models}
    entries = [each.entry(parameters[each.shown.name]) for each in made]
    return msgspec.structs.replace(described, catalogue=[*entries, *described.catalogue])

"""The catalogue: models that a page may fetch and put beside those it has, at one scale with them.

They are the presets, structure without values. A bundle lists them; each is a bundle of its own, fetched when
somebody asks for it, so that they cost nobody anything before. So are their tours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache, partial
from typing import Any

from cutaway import wire
from cutaway.bundle import TOURS, bundle, to_json
from cutaway.errors import NameNotFound, near_matches
from cutaway.load import load_structure, presets, read_card, read_config
from cutaway.model import Model
from cutaway.shorter import name_within, title_within
from cutaway.tour.files import path_of, tour_file

COMFORTABLE = 4096
"""Tokens up to which the scores, one for each pair of tokens, leave something else of a picture to be seen."""

CONTEXT_KEYS = ("max_position_embeddings", "n_positions")
"""Where a configuration says how long its context is."""

LENGTHS = (1024, 8192)
"""For how many tokens a model of a longer context can be drawn instead."""


def catalogue(shown: Iterable[str] = (), *, lengths: Collection[int] = LENGTHS) -> list[wire.CatalogueEntry]:
    """What can be added to a bundle that has models of the names ``shown``: each model at its true context, and those
    of a context beyond ``COMFORTABLE`` drawn for each of ``lengths`` tokens, too."""
    have = set(shown)
    return [
        entry
        for name, entry in _entries().items()
        if name not in have and (entry.whole is None or entry.context in lengths)
    ]


@cache
def catalogue_file(name: str) -> bytes:
    """The bundle of one model of the catalogue. Raises ``NameNotFound`` for a name that is not in it."""
    return to_json(bundle([_model(name)], capabilities=wire.Capabilities()))


def catalogue_tours(name: str) -> dict[str, Callable[[], bytes]]:
    """Path to what compiles a tour of one model of the catalogue; nothing is read before one is asked for."""
    return {
        path_of(tour, name, language): partial(_tour, name, number, language)
        for number, tour in enumerate(TOURS)
        for language in tour.languages
    }


@cache
def _tour(name: str, number: int, language: str) -> bytes:
    return tour_file(TOURS[number], _model(name), language)


@lru_cache(maxsize=2)
def _model(name: str) -> Model:
    """Raises ``NameNotFound`` for a name that is not in the catalogue."""
    entry = _entries().get(name)
    if entry is None:
        raise NameNotFound(f"there is no {name!r} in the catalogue.{near_matches(name, _entries())}")
    whole = entry.whole or name
    # Not `load`, which takes a folder of that name in the current directory for it.
    model = load_structure(presets()[whole], whole)
    return model if entry.whole is None else model.within(entry.context)


@cache
def _entries() -> dict[str, wire.CatalogueEntry]:
    """Smallest first. Read from the cards alone: building every definition would keep the first page waiting."""
    made = [entry for name, path in presets().items() for entry in _entries_of(name, read_config(path))]
    return {entry.name: entry for entry in sorted(made, key=lambda entry: (entry.parameters, entry.name))}


def _entries_of(name: str, config: dict[str, Any]) -> Iterator[wire.CatalogueEntry]:
    """The model at its true context, then drawn for fewer tokens."""
    card = read_card(config)
    title, parameters = card.title or name, card.parameters or 0
    context = next((config[key] for key in CONTEXT_KEYS if key in config), 0)
    yield wire.CatalogueEntry(name, title, parameters, f"catalogue/{name}.json", context)
    for tokens in (n for n in LENGTHS if COMFORTABLE < context > n):
        short = name_within(name, tokens)
        yield wire.CatalogueEntry(
            short, title_within(title, tokens), parameters, f"catalogue/{short}.json", tokens, whole=name
        )

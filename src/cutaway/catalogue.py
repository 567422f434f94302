"""The catalogue: models that a page may fetch and put beside those it has, at one scale with them.

They are the presets, structure without values. A bundle lists them; each is a bundle of its own, fetched when
somebody asks for it, so that they cost nobody anything before. So are their tours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial

from cutaway import wire
from cutaway.bundle import TOURS, bundle, to_json
from cutaway.errors import NameNotFound, near_matches
from cutaway.load import load_structure, presets, read_card, read_config
from cutaway.model import Model
from cutaway.tour.files import path_of, tour_file


def catalogue(shown: Iterable[str] = ()) -> list[wire.CatalogueEntry]:
    """What can be added to a bundle that has models of the names ``shown``."""
    have = set(shown)
    return [entry for name, entry in _entries().items() if name not in have]


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
    if name not in presets():
        raise NameNotFound(f"there is no {name!r} in the catalogue.{near_matches(name, presets())}")
    # Not `load`, which takes a folder of that name in the current directory for it.
    return load_structure(presets()[name], name)


@cache
def _entries() -> dict[str, wire.CatalogueEntry]:
    """Smallest first. Read from the cards alone: building every definition would keep the first page waiting."""
    cards = {name: read_card(read_config(path)) for name, path in presets().items()}
    made = [
        wire.CatalogueEntry(name, card.title or name, card.parameters or 0, f"catalogue/{name}.json")
        for name, card in cards.items()
    ]
    return {entry.name: entry for entry in sorted(made, key=lambda entry: (entry.parameters, entry.name))}

"""The catalogue: models that a page may fetch and put beside those it has, at one scale with them.

They are the presets, structure without values. A bundle lists them; each is a bundle of its own, fetched when
somebody asks for it, so that they cost nobody anything before.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from cutaway import wire
from cutaway.bundle import bundle, to_json
from cutaway.errors import NameNotFound, near_matches
from cutaway.load import load_structure, presets, read_card, read_config


def catalogue(shown: Iterable[str] = ()) -> list[wire.CatalogueEntry]:
    """What can be added to a bundle that has models of the names ``shown``."""
    have = set(shown)
    return [entry for name, entry in _entries().items() if name not in have]


@cache
def catalogue_file(name: str) -> bytes:
    """The bundle of one model of the catalogue. Raises ``NameNotFound`` for a name that is not in it."""
    if name not in presets():
        raise NameNotFound(f"there is no {name!r} in the catalogue.{near_matches(name, presets())}")
    # Not `load`, which takes a folder of that name in the current directory for it.
    model = load_structure(presets()[name], name)
    return to_json(bundle([model], capabilities=wire.Capabilities(), tours=()))


@cache
def _entries() -> dict[str, wire.CatalogueEntry]:
    """Smallest first. Read from the cards alone: building every definition would keep the first page waiting."""
    cards = {name: read_card(read_config(path)) for name, path in presets().items()}
    made = [
        wire.CatalogueEntry(name, card.title or name, card.parameters or 0, f"catalogue/{name}.json")
        for name, card in cards.items()
    ]
    return {entry.name: entry for entry in sorted(made, key=lambda entry: (entry.parameters, entry.name))}

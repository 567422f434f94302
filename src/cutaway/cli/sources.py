"""What may stand as SOURCE on the command line: what ``cutaway.load`` takes, and names of models on the Hub."""

from __future__ import annotations

from cutaway.adapters import hub
from cutaway.load import load as load_local
from cutaway.load import load_folder
from cutaway.model import Model


def load(source: str) -> Model:
    """The model of a source; ``org/name`` that is no folder here is fetched."""
    if hub.is_name(source):
        return load_folder(hub.fetch(source), name=source.partition("@")[0].rpartition("/")[2])
    return load_local(source)

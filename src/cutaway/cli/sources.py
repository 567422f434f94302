"""What may stand as SOURCE on the command line: what ``cutaway.load`` takes, and names of models on the Hub."""

from __future__ import annotations

from collections.abc import Sequence

from cutaway.adapters import hub
from cutaway.load import load as load_local
from cutaway.load import load_folder
from cutaway.model import Model, of_different_names


def load_all(sources: Sequence[str], context: int | None) -> list[Model]:
    """The models of some sources, each drawn for ``context`` tokens at most; one whose own context is shorter stays
    as it is, unless they all are: then nobody could be meant."""
    models = [load(source) for source in sources]
    if context is not None:
        longest = max(m.context for m in models)
        models = [m if m.context < context <= longest else m.within(context) for m in models]
    return of_different_names(models)


def load(source: str) -> Model:
    """The model of a source; ``org/name`` that is no folder here is fetched."""
    if hub.is_name(source):
        return load_folder(hub.fetch(source), name=source.partition("@")[0].rpartition("/")[2])
    return load_local(source)

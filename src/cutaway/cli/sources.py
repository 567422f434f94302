"""What may stand as SOURCE on the command line: what ``cutaway.load`` takes, and names of models on the Hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cutaway.adapters import hub
from cutaway.load import BUILT_IN, load_folder
from cutaway.load import load as load_local
from cutaway.model import Model, of_different_names


def load_all(sources: Sequence[str], context: int | None) -> list[Model]:
    """The models of some sources, each drawn for ``context`` tokens at most; one whose own context is shorter stays
    as it is, unless they all are: then nobody could be meant."""
    models = _told_apart(sources, [load(source) for source in sources])
    if context is not None:
        longest = max(m.context for m in models)
        models = [m if m.context < context <= longest else m.within(context) for m in models]
    return of_different_names(models)


def _told_apart(sources: Sequence[str], models: Sequence[Model]) -> list[Model]:
    """The models; different folders of one name, such as ``run1/last`` and ``run2/last``, under a longer one."""
    folders = [Path(s).resolve() if s not in BUILT_IN and Path(s).is_dir() else None for s in sources]

    def shares_its_name(k: int) -> bool:
        return any(m.name == models[k].name and folders[i] != folders[k] for i, m in enumerate(models))

    return [
        load_folder(at, name=f"{at.parent.name}-{at.name}") if at is not None and shares_its_name(k) else models[k]
        for k, at in enumerate(folders)
    ]


def load(source: str) -> Model:
    """The model of a source; ``org/name`` that is no folder here is fetched."""
    if hub.is_name(source):
        return load_folder(hub.fetch(source), name=source.partition("@")[0].rpartition("/")[2])
    return load_local(source)

"""Exporting: a folder that any static host can serve, in which the model is alive.

The folder holds the page, the bundle and the values; the browser evaluates the formulas itself. Paths
in it are relative, so it works wherever it is put, and the same models give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cutaway import wire
from cutaway.bundle import bundle, first_run, run_file, to_json, tour_files, weights_file
from cutaway.errors import CutawayError
from cutaway.model import Model
from cutaway.page import NOT_BUILT, PAGE, POLICY

MARKER = "cutaway-export.json"
"""Lists what an export wrote, so that the next one knows the folder as its own."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    folder: Path
    files: list[str]
    """Paths relative to the folder, sorted."""
    bytes: int


def export(folder: str | Path, models: Sequence[Model] | Model) -> Exported:
    """Write the page and ``models`` into ``folder``; the first model is the one shown first.

    Raises ``CutawayError`` if the folder holds anything that no export wrote, if the page has not been
    built, or if two models have one name.
    """
    folder = Path(folder)
    models = [models] if isinstance(models, Model) else list(models)
    names = [m.name for m in models]
    if not names:
        raise CutawayError("an export needs at least one model")
    if len(set(names)) != len(names):
        raise CutawayError(f"models of one export need different names, got {', '.join(names)}")
    contents = {**page_files(), **bundle_files(models)}
    before = _own_files(folder)
    listed = sorted([*contents, MARKER])
    contents[MARKER] = (json.dumps({"made by": "cutaway export", "files": listed}, indent=1) + "\n").encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_bytes(contents[MARKER])  # first: a broken-off export can be repeated
        for name in listed:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[name])
        for name in set(before) - set(listed):
            (folder / name).unlink(missing_ok=True)
    except OSError as e:
        raise CutawayError(f"cannot write to {folder}: {e.strerror}") from None
    return Exported(folder, listed, sum(map(len, contents.values())))


def page_files() -> dict[str, bytes]:
    """The built page, with its policy in it; path to content."""
    if not (PAGE / "index.html").is_file():
        raise CutawayError(NOT_BUILT)
    files = {p.relative_to(PAGE).as_posix(): p.read_bytes() for p in sorted(PAGE.rglob("*")) if p.is_file()}
    # a static host sends no headers of ours, so the policy stands in the page
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(POLICY)}">'
    files["index.html"] = files["index.html"].replace(b"<head>", b"<head>" + meta.encode(), 1)
    return files


def bundle_files(models: Sequence[Model]) -> dict[str, bytes]:
    """The bundle and the values it names; path to content."""
    made = bundle(models, capabilities=wire.Capabilities())
    files = {"bundle.json": to_json(made)}
    for model, spec in zip(models, made.models, strict=True):
        if spec.weights is not None and spec.run is not None:
            files[spec.weights] = weights_file(model)
            files[spec.run] = run_file(first_run(model))
        files |= {path: compiled() for path, compiled in tour_files(model).items()}
    return files


def _own_files(folder: Path) -> list[str]:
    """What an earlier export wrote there; raises if anything else stands in the folder."""
    if folder.is_file():
        raise CutawayError(f"{folder} is a file; an export needs a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return []
    try:
        before = json.loads((folder / MARKER).read_text("utf-8"))["files"]
    except FileNotFoundError:
        found = ", ".join(sorted(p.name for p in folder.iterdir())[:5])
        raise CutawayError(
            f"{folder} was not made by an export (it holds {found}), so nothing in it is overwritten; give a new folder"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise CutawayError(f"{folder / MARKER} is damaged; give a new folder") from None
    strange = [p for p in folder.rglob("*") if p.is_file() and p.relative_to(folder).as_posix() not in before]
    if strange:
        raise CutawayError(
            f"{folder} also holds {strange[0].relative_to(folder)}, which no export wrote; give a new folder"
        )
    return before

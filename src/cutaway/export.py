"""Exporting: a folder that any static host can serve, or one file, in which the model is alive.

Either holds the page, the bundle and the values; the browser evaluates the formulas itself. Paths in it
are relative, so it works wherever it is put, and the same models give the same bytes.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cutaway import wire
from cutaway.bundle import (
    bundle,
    first_run,
    phrase_files,
    run_file,
    to_json,
    tour_files,
    weights_file,
    with_runs_left_to_browser,
)
from cutaway.catalogue import LENGTHS, catalogue, catalogue_file, catalogue_tours
from cutaway.errors import CutawayError
from cutaway.lengths import redrawn, with_redrawn
from cutaway.model import Model, of_different_names
from cutaway.page import NOT_BUILT, PAGE, POLICY, SINGLE, policy_of_single

MARKER = "cutaway-export.json"
"""Lists what an export wrote, so that the next one knows the folder as its own."""

SINGLE_MARKER = "<!-- made by cutaway export -->"
"""Begins a single file, so that the next export knows it as its own."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    folder: Path
    """The folder that holds ``files``."""
    files: list[str]
    """Paths relative to the folder, sorted."""
    bytes: int


def export(
    path: str | Path, models: Sequence[Model] | Model, *, single_file: bool = False, alone: bool = False
) -> Exported:
    """Write the page and ``models`` into the folder ``path``; the first model is the one shown first.

    With ``single_file``, ``path`` is one HTML file instead, which also opens from disk. A folder holds the
    catalogue of well-known models, too, for whoever wants to put one beside these, unless it is to hold these
    ``alone``; a file does not. Raises
    ``CutawayError`` if that would overwrite anything that no export wrote, if the page has not been
    built, or if two models have one name.
    """
    models = _checked(models)
    if single_file:
        return _export_file(Path(path), models)
    folder = Path(path)
    names = [m.name for m in models] + [each.name for each in redrawn(models)]
    listed = [] if alone else catalogue(names, lengths=LENGTHS[:1])
    files = bundle_files(models, listed)
    for entry in listed:
        files[entry.path] = catalogue_file(entry.name)
        files |= {path: compiled() for path, compiled in catalogue_tours(entry.name).items()}
    contents = {**page_files(_preloaded(files)), **files}
    before = _own_files(folder)
    names = sorted([*contents, MARKER])
    contents[MARKER] = (json.dumps({"made by": "cutaway export", "files": names}, indent=1) + "\n").encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_bytes(contents[MARKER])  # first: a broken-off export can be repeated
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[name])
        for name in set(before) - set(names):
            (folder / name).unlink(missing_ok=True)
    except OSError as e:
        raise CutawayError(f"cannot write to {folder}: {e.strerror}") from None
    return Exported(folder, names, sum(map(len, contents.values())))


def _export_file(path: Path, models: list[Model]) -> Exported:
    """Write the page with everything in it into one file."""
    page = PAGE / SINGLE
    if not page.is_file():
        raise CutawayError(NOT_BUILT)
    files = bundle_files(models)
    text = page.read_text("utf-8")
    data = "\n".join(_embedded(name, content) for name, content in files.items())
    text = _with_policy(text, policy_of_single(text)).replace("<body>", f"<body>\n{data}", 1)
    content = text.replace("<!doctype html>", f"<!doctype html>\n{SINGLE_MARKER}", 1).encode()
    try:
        if path.exists() and not _is_own_file(path):
            raise CutawayError(f"{path} was not made by an export, so it is not overwritten; give a new file")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as e:
        raise CutawayError(f"cannot write {path}: {e.strerror}") from None
    return Exported(path.parent, [path.name], len(content))


def _embedded(name: str, content: bytes) -> str:
    """A file of the bundle as an element of the page, see ``client/src/bundle/embedded.ts``."""
    kind, text = "text/plain", base64.b64encode(content).decode()
    if name.endswith(".json"):
        kind, text = "application/json", content.decode().replace("<", "\\u003c")
    return f'<script type="{kind}" data-file="{html.escape(name)}">{text}</script>'


def _is_own_file(path: Path) -> bool:
    if not path.is_file():
        raise CutawayError(f"{path} is a folder; a single file needs the name of a file")
    with path.open("rb") as file:
        return SINGLE_MARKER.encode() in file.read(200)


def _checked(models: Sequence[Model] | Model) -> list[Model]:
    """At least one model, and no two of one name."""
    models = [models] if isinstance(models, Model) else list(models)
    if not models:
        raise CutawayError("an export needs at least one model")
    return of_different_names(models)


def page_files(preloaded: Sequence[str] = ()) -> dict[str, bytes]:
    """The built page, with its policy in it; path to content. ``preloaded`` are fetched along with it."""
    if not (PAGE / "index.html").is_file():
        raise CutawayError(NOT_BUILT)
    paths = [p for p in sorted(PAGE.rglob("*")) if p.is_file() and p.name != SINGLE]
    files = {p.relative_to(PAGE).as_posix(): p.read_bytes() for p in paths}
    index = files["index.html"].decode()
    links = (f'<link rel="preload" href="./{p}" as="fetch" crossorigin="anonymous" />' for p in preloaded)
    index = index.replace("</head>", "".join(f"  {link}\n  " for link in links) + "</head>", 1)
    # a static host sends no headers of ours, so the policy stands in the page
    files["index.html"] = _with_policy(index, POLICY).encode()
    return files


def _with_policy(page: str, policy: Sequence[str]) -> str:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(policy)}">'
    return page.replace("<head>", "<head>" + meta, 1)


def _preloaded(files: dict[str, bytes]) -> list[str]:
    """The values that the first picture needs."""
    first = msgspec.json.decode(files["bundle.json"], type=wire.Bundle).models[0]
    return [path for path in (first.weights, first.run) if path is not None]


def bundle_files(models: Sequence[Model], listed: Sequence[wire.CatalogueEntry] = ()) -> dict[str, bytes]:
    """The bundle, and the values, tours and phrases it names; path to content. ``listed``: its catalogue. Models of a
    long context are in it for fewer tokens, too."""
    made = bundle(models, capabilities=wire.Capabilities(), catalogue=listed)
    made = with_runs_left_to_browser(made, models)
    shorter = redrawn(models, only_fewest=True)
    files = {"bundle.json": to_json(with_redrawn(made, shorter))}
    for each in shorter:
        is_left = each.bundle.models[0].run is None  # to the browser
        files |= {path: made_of() for path, made_of in each.files().items() if not (is_left and path == each.run_path)}
    for model, spec in zip(models, made.models, strict=True):
        if spec.weights is not None:
            files[spec.weights] = weights_file(model)
        if spec.run is not None:
            files[spec.run] = run_file(first_run(model))
        files |= {path: compiled() for path, compiled in tour_files(model).items()}
    return files | {path: made_of() for path, made_of in phrase_files().items()}


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

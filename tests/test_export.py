"""An exported folder is complete, the same each time, relocatable, and never costs anyone a file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

import pytest

from cutaway.bundle import first_run, run_file
from cutaway.errors import CutawayError
from cutaway.export import MARKER, bundle_files, export
from cutaway.load import load
from cutaway.model import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return load("nano-gpt")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_holds_the_page_and_the_values(tmp_path: Path, model: Model) -> None:
    made = export(tmp_path / "site", model)
    found = contents(tmp_path / "site")
    assert sorted(found) == made.files
    assert made.bytes == sum(map(len, found.values()))
    spec = json.loads(found["bundle.json"])["models"][0]
    assert spec["weights"] in found
    assert spec["run"] is None  # the browser computes it, see tests/browser/test_export.py
    assert spec["prompt"] == model.encode("CBABBC")
    assert json.loads(found["bundle.json"])["capabilities"] == {}


def test_two_exports_are_byte_identical(tmp_path: Path, model: Model) -> None:
    export(tmp_path / "a", model)
    export(tmp_path / "b", load("nano-gpt"))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_run_that_is_long_to_compute_comes_along(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["cutaway.bundle"], "COMPUTED_IN_BROWSER", 10)
    export(tmp_path, model)
    found = contents(tmp_path)
    assert found[json.loads(found["bundle.json"])["models"][0]["run"]] == run_file(first_run(model))


def test_one_file_holds_everything_under_a_policy_of_its_own(tmp_path: Path, model: Model) -> None:
    made = export(tmp_path / "a.html", model, single_file=True)
    assert made.files == ["a.html"]
    page = (tmp_path / "a.html").read_text("utf-8")
    assert made.bytes == len(page.encode())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert not re.search(r"unsafe-eval|unsafe-inline'; script|http", policy[1])
    own = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    assert own
    digest = base64.b64encode(hashlib.sha256(own[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r'<[^>]* (?:src|href)="(?!data:)', page[: own.start()])
    embedded = re.findall(r'<script type="([a-z/]+)" data-file="([^"]+)">(.*?)</script>', page, re.DOTALL)
    held = {n: t.encode() if k == "application/json" else base64.b64decode(t) for k, n, t in embedded}
    files = bundle_files([model])
    assert json.loads(held.pop("bundle.json")) == json.loads(files.pop("bundle.json"))
    assert held == files


def test_one_file_is_the_same_each_time_and_costs_nobody_theirs(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "a.html"
    export(path, model, single_file=True)
    before = path.read_bytes()
    export(path, model, single_file=True)
    assert path.read_bytes() == before
    path.write_text("<!doctype html><p>years of work")
    with pytest.raises(CutawayError, match="was not made by an export"):
        export(path, model, single_file=True)
    assert path.read_text() == "<!doctype html><p>years of work"
    with pytest.raises(CutawayError, match="is a folder"):
        export(tmp_path, model, single_file=True)


def test_every_address_is_relative_and_there(tmp_path: Path, model: Model) -> None:
    export(tmp_path, model)
    page = (tmp_path / "index.html").read_text("utf-8")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    for address in addresses:
        assert address.startswith("./")
        assert (tmp_path / address).is_file()


def test_the_policy_stands_in_the_page_and_forbids_other_origins(tmp_path: Path, model: Model) -> None:
    export(tmp_path, model)
    page = (tmp_path / "index.html").read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert "unsafe-eval" not in policy[1]
    assert "http" not in policy[1]
    assert policy.start() < page.index("<script")


def test_an_export_replaces_an_export(tmp_path: Path, model: Model) -> None:
    made = export(tmp_path, model)
    stale = tmp_path / "assets" / "old.js"
    stale.write_text("left by an older version")
    listed = json.loads((tmp_path / MARKER).read_text())
    listed["files"].append("assets/old.js")
    (tmp_path / MARKER).write_text(json.dumps(listed))
    assert export(tmp_path, model).files == made.files
    assert not stale.exists()


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path, model: Model) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(CutawayError, match=r"was not made by an export \(it holds thesis.tex\)"):
        export(tmp_path, model)
    assert contents(tmp_path) == {"thesis.tex": b"years of work"}


def test_a_file_put_into_an_export_is_left_alone(tmp_path: Path, model: Model) -> None:
    export(tmp_path, model)
    (tmp_path / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(CutawayError, match=r"notes\.txt"):
        export(tmp_path, model)
    assert contents(tmp_path) == before


def test_a_file_instead_of_a_folder_is_refused(tmp_path: Path, model: Model) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(CutawayError, match="is a file"):
        export(tmp_path / "x", model)


def test_models_need_different_names(tmp_path: Path, model: Model) -> None:
    with pytest.raises(CutawayError, match="different names"):
        export(tmp_path, [model, model])

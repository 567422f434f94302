"""An exported folder is complete, the same each time, relocatable, and never costs anyone a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cutaway.bundle import first_run, run_file
from cutaway.errors import CutawayError
from cutaway.export import MARKER, export
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
    assert found[spec["run"]] == run_file(first_run(model))
    assert spec["weights"] in found
    assert json.loads(found["bundle.json"])["capabilities"] == {}


def test_two_exports_are_byte_identical(tmp_path: Path, model: Model) -> None:
    export(tmp_path / "a", model)
    export(tmp_path / "b", load("nano-gpt"))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


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

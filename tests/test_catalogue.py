"""The catalogue lists what can be added, and holds what it lists, on the server and in exported folders."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from cutaway import wire
from cutaway.catalogue import catalogue, catalogue_file, catalogue_tours
from cutaway.errors import NameNotFound
from cutaway.export import MARKER, export
from cutaway.load import load, presets
from cutaway.model import Model
from cutaway.server.site import Site


def test_lists_the_presets_smallest_first() -> None:
    listed = catalogue()
    assert {entry.name for entry in listed if entry.whole is None} == set(presets())
    counts = [entry.parameters for entry in listed]
    assert counts == sorted(counts)
    assert all((entry.title and entry.title != entry.name) or entry.name == "gpt-oss-120b" for entry in listed)


def test_models_of_a_long_context_are_there_for_fewer_tokens_too() -> None:
    listed = {entry.name: entry for entry in catalogue()}
    for name in presets():
        context = load(name).context
        assert listed[name].context == context
        short = [entry.context for entry in listed.values() if entry.whole == name]
        assert short == ([1024, 8192] if context > 8192 else [1024] if context > 4096 else [])
    assert (listed["deepseek-v3@1024"].title, listed["gpt-oss-120b@8192"].whole) == (
        "DeepSeek-V3, T = 1024",
        "gpt-oss-120b",
    )


@pytest.mark.parametrize("name", [*presets(), "deepseek-v3@1024", "llama-3.1-8b@8192"])
def test_what_is_listed_is_what_is_there(name: str) -> None:
    entry = next(entry for entry in catalogue() if entry.name == name)
    (model,) = msgspec.json.decode(catalogue_file(name), type=wire.Bundle).models
    assert (model.name, model.title, model.context, model.whole) == (
        entry.name,
        entry.title,
        entry.context,
        entry.whole,
    )
    assert model.cost.parameters == entry.parameters == load(entry.whole or name).cost().parameters
    assert model.cost.tokens == entry.context
    assert model.weights is None
    assert [path for tour in model.tours for path in tour.paths.values()] == list(catalogue_tours(name))


def test_leaves_out_what_is_shown_already(nano: Model) -> None:
    assert "gpt2" not in {entry.name for entry in catalogue(["gpt2"])}
    shown = msgspec.json.decode(Site([nano, load("gpt2")]).resource("bundle.json").body, type=wire.Bundle)
    assert "gpt2" not in {entry.name for entry in shown.catalogue}
    assert len(shown.catalogue) == len(catalogue()) - 1


def test_a_folder_of_that_name_is_no_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gpt2").mkdir()
    monkeypatch.chdir(tmp_path)
    catalogue_file.cache_clear()
    assert msgspec.json.decode(catalogue_file("gpt2"), type=wire.Bundle).models[0].title == "GPT-2 small"
    assert os.listdir(tmp_path / "gpt2") == []


def test_an_unknown_name_is_said() -> None:
    with pytest.raises(NameNotFound, match="gpt2"):
        catalogue_file("gtp2")


def test_the_server_answers_each_address_it_lists(nano: Model) -> None:
    site = Site([nano])
    listed = msgspec.json.decode(site.resource("bundle.json").body, type=wire.Bundle).catalogue
    assert listed
    for entry in listed:
        assert entry.path in site
    answer = site.resource("catalogue/gpt-3.json")
    assert answer.body == catalogue_file("gpt-3")
    assert site.resource("catalogue/gpt-3.json") is answer  # with the same ETag
    assert "catalogue/none.json" not in site


def test_an_exported_folder_holds_it_and_loads_no_more_at_first(tmp_path: Path, nano: Model) -> None:
    export(tmp_path, nano)
    bundle = json.loads((tmp_path / "bundle.json").read_text())
    listed = {entry["name"]: entry for entry in bundle["catalogue"]}
    assert {name for name, entry in listed.items() if entry["whole"] is None} == set(presets())
    long = {name for name in presets() if load(name).context > 4096}
    assert {name for name, entry in listed.items() if entry["whole"]} == {f"{name}@1024" for name in long}
    for entry in bundle["catalogue"]:
        assert (tmp_path / entry["path"]).read_bytes() == catalogue_file(entry["name"])
    assert "catalogue/" not in (tmp_path / "index.html").read_text()
    files = json.loads((tmp_path / MARKER).read_text())["files"]
    assert "catalogue/gpt-3.json" in files


def test_a_single_file_holds_what_was_named_only(tmp_path: Path, nano: Model) -> None:
    export(tmp_path / "a.html", [nano, load("gpt2")], single_file=True)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert '"catalogue":[]' in page
    assert 'data-file="catalogue' not in page


def test_a_tour_of_the_catalogue_is_compiled_when_it_is_asked_for() -> None:
    (english, _) = catalogue_tours("gpt-3").values()
    tour = msgspec.json.decode(english(), type=wire.Tour)
    assert (tour.model, len(tour.chapters)) == ("gpt-3", 12)
    with pytest.raises(NameNotFound):
        next(iter(catalogue_tours("gpt-33").values()))()

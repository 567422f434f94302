"""Models of a page drawn for other numbers of tokens: listed, served and exported with the values they have."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from checkpoint_files import write_checkpoint

from cutaway import wire
from cutaway.bundle import weights_file
from cutaway.export import bundle_files
from cutaway.lengths import redrawn
from cutaway.load import load
from cutaway.model import Model
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.server.site import Site


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A small model that reads 20,000 tokens."""
    return load(write_checkpoint(tmp_path_factory.mktemp("long") / "small", n_positions=20_000))


def described(site: Site, path: str = "bundle.json") -> wire.Bundle:
    return msgspec.json.decode(site.resource(path).body, type=wire.Bundle)


def offered(*models: Model) -> list[str]:
    return [each.name for each in redrawn(models)]


def test_what_a_model_can_be_drawn_for(long: Model, nano: Model) -> None:
    name = long.name
    assert offered(long, nano) == [f"{name}@128", f"{name}@1024", f"{name}@8192"]
    assert offered(long.within(1024)) == [f"{name}@128", f"{name}@8192", name]
    assert offered(nano.within(4)) == ["nano-gpt"]
    assert [each.name for each in redrawn([long], only_fewest=True)] == [f"{name}@128"]
    # Wide ones, without values, as in the catalogue.
    assert offered(load("deepseek-v3")) == ["deepseek-v3@1024", "deepseek-v3@8192"]
    assert offered(load("gpt-3"), load("gpt2")) == []


def test_what_stands_there_already_is_not_offered(long: Model) -> None:
    assert offered(long, long.within(128)) == [f"{long.name}@1024", f"{long.name}@8192"]
    site = Site([load("deepseek-v3")])
    names = [entry.name for entry in described(site).catalogue]
    assert names[:2] == ["deepseek-v3@1024", "deepseek-v3@8192"]
    assert len(names) == len(set(names))


def test_what_is_listed_is_what_is_there(long: Model) -> None:
    for shown in (long, long.within(1024)):
        site = Site([shown])
        for entry in described(site).catalogue[:3]:
            made = described(site, entry.path).models[0]
            assert (made.name, made.title, made.context, made.whole) == (
                entry.name,
                entry.title,
                entry.context,
                entry.whole,
            )
            assert made.cost.parameters == entry.parameters
            assert made.true_context == long.context
            assert site.resource(made.weights or "").body == weights_file(long)
            assert all(path in site for path in made.tours[0].paths.values())


def test_it_is_toured(long: Model) -> None:
    site = Site([long])
    entry = described(site).catalogue[0]
    path = described(site, entry.path).models[0].tours[0].paths["en"]
    assert msgspec.json.decode(site.resource(path).body, type=wire.Tour).model == entry.name


def test_it_runs_with_the_same_numbers(long: Model, tmp_path: Path) -> None:
    site = Site([long])
    (tmp_path / "run").write_bytes(site.run(wire.RunRequest(model=f"{long.name}@128", tokens=[1, 2, 3])))
    run, expected = SafetensorsFile(tmp_path / "run"), long.run([1, 2, 3])
    assert json.loads(run.metadata["run"])["model"] == f"{long.name}@128"
    np.testing.assert_array_equal(run["logits"], expected["logits"])


def test_an_export_holds_the_fewest(long: Model) -> None:
    files = bundle_files([long])
    (entry,) = msgspec.json.decode(files["bundle.json"], type=wire.Bundle).catalogue
    assert entry.context == 128
    (spec,) = msgspec.json.decode(files[entry.path], type=wire.Bundle).models
    assert spec.weights in files
    assert (f"{spec.name}/run.safetensors" in files) == (spec.run is not None)
    assert all(path in files for tour in spec.tours for path in tour.paths.values())

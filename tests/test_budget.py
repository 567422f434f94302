"""What a page takes of a model: beyond the budget it gets structure and a sentence, and Python everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from checkpoint_files import write_checkpoint

import cutaway
from cutaway import Model, budget, wire
from cutaway.bundle import bundle
from cutaway.errors import PromptError
from cutaway.server.site import Site

REASON = r"Structure only: this model has [\d,]+ weights, and a page shows the values of at most 100\."


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PAGE_CELLS", 100)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return cutaway.load(write_checkpoint(tmp_path / "large"))


def test_a_page_takes_fifty_million_weights() -> None:
    assert budget.PAGE_CELLS >= 50_000_000


def test_within_the_budget_nothing_is_said(nano: Model) -> None:
    (spec,) = bundle([nano], capabilities=wire.Capabilities()).models
    assert spec.no_values == ""
    assert spec.weights


def test_a_configuration_says_that_it_has_no_values() -> None:
    (spec,) = bundle([cutaway.load("gpt-3")], capabilities=wire.Capabilities()).models
    assert spec.no_values == (
        "Structure only: this model was loaded from a configuration, without weights. "
        "Open a folder that holds its checkpoint to see numbers."
    )


@pytest.mark.usefixtures("small_pages")
def test_beyond_it_a_page_shows_structure_and_says_so(model: Model) -> None:
    (spec,) = bundle([model], capabilities=wire.Capabilities()).models
    assert (spec.weights, spec.run, spec.prompt) == (None, None, [])
    assert spec.no_values.startswith("Structure only: this model has ")
    assert spec.no_values.endswith("In Python and on the command line it can be run and explained all the same.")
    assert spec.tensors
    assert spec.scene.boxes
    assert next(t for t in spec.tensors if t.name == "W_E").origin == wire.Origin(
        "model.safetensors: wte.weight", [wire.Index("v"), wire.Index("c")]
    )


@pytest.mark.usefixtures("small_pages")
def test_python_has_no_limit(model: Model) -> None:
    run = model.run([1, 2])
    assert run.explain("blocks.0.attn.q[1, 0, 0]").evaluate() == pytest.approx(run["blocks.0.attn.q"][1, 0, 0])


@pytest.mark.usefixtures("small_pages")
def test_the_server_has_no_values_and_runs_nothing(model: Model) -> None:
    site = Site([model])
    assert "bundle.json" in site
    assert "large/weights.safetensors" not in site
    with pytest.raises(PromptError, match=f"large cannot be run for a page. {REASON}"):
        site.run(wire.RunRequest("large", tokens=[1]))


@pytest.mark.usefixtures("small_pages")
def test_an_export_holds_structure(model: Model, tmp_path: Path) -> None:
    written = cutaway.export(tmp_path / "site", model)
    assert not [name for name in written.files if name.endswith(".safetensors")]
    (spec,) = json.loads((tmp_path / "site" / "bundle.json").read_text())["models"]
    assert spec["no_values"].startswith("Structure only")


def test_a_run_of_too_many_values_is_refused(checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The values of a run grow with the prompt: it is said at the start, and for each prompt."""
    model, most = cutaway.load(checkpoint("long", n_positions=60)), 40
    values = sum(v.size for name, v in model.run([1] * most).items() if model.tensors[name].role != "weight")
    assert values > sum(w.size for w in (model.weights or {}).values())
    monkeypatch.setattr(budget, "PAGE_CELLS", values)
    site = Site([model])
    assert site.run(wire.RunRequest("long", tokens=[1] * most))
    refused = f"a page shows at most {values:,}; give a prompt of up to {most} tokens"
    with pytest.raises(PromptError, match=refused):
        site.run(wire.RunRequest("long", tokens=[1] * (most + 1)))
    model.prompt = [1] * (most + 1)
    with pytest.raises(PromptError, match=refused):
        Site([model])

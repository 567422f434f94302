"""Training: deterministic, resumable, honest, and careful with folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from cutaway.architectures import gpt2
from cutaway.errors import SettingError
from cutaway.train import Progress, Report, TrainingStopped, sort, task, train_sort
from cutaway.train.descent import Descent, initial_weights, one_thread
from cutaway.train.terminal import progress_bar, report_table

DEFINITION = gpt2.define(task.CONFIG)


@pytest.fixture(autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture
def undemanding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An aim that a model reaches after a few steps, so that a whole training takes a second."""
    monkeypatch.setattr(sort, "EXAM_EVERY", 3)
    monkeypatch.setattr(sort, "CHECKPOINT_EVERY", 2)
    monkeypatch.setattr(Progress, "done", property(lambda self: self.step >= 6))


def test_the_task() -> None:
    inputs = task.all_inputs()
    assert inputs.shape == (729, 6)
    assert len({tuple(row) for row in inputs.tolist()}) == task.COUNT == 729
    tokens, answers = task.sequences(np.array([[2, 1, 0, 1, 1, 2]]))
    assert tokens.tolist() == [[2, 1, 0, 1, 1, 2, 0, 1, 1, 1, 2]]
    assert answers.tolist() == [[0, 1, 1, 1, 2, 2]]


def test_batches_depend_on_seed_and_step_only() -> None:
    one, again, step, seed = (task.random_inputs(*key, 64) for key in ((0, 1), (0, 1), (0, 2), (1, 1)))
    np.testing.assert_array_equal(one, again)
    assert (one != step).any()
    assert (one != seed).any()
    assert set(one.flat) == {0, 1, 2}


def test_initial_weights_are_those_of_gpt2() -> None:
    weights = initial_weights(DEFINITION, 0)
    assert sum(w.size for w in weights.values()) == 85_728
    assert (weights["blocks.0.ln1.w"] == 1).all()
    assert (weights["blocks.1.attn.b_Q"] == 0).all()
    assert abs(weights["blocks.0.mlp.W_in"].std() / 0.02 - 1) < 0.05
    assert abs(weights["blocks.0.mlp.W_out"].std() / (0.02 / 6**0.5) - 1) < 0.05


def test_the_loss_falls() -> None:
    descent = Descent(DEFINITION, 0)
    losses = []
    for _ in range(40):
        descent.advance()
        losses.append(descent.loss)
    assert abs(losses[0] - np.log(3)) < 0.1
    assert losses[-1] < 0.8 * losses[0]


def test_the_exam_agrees_with_the_trained_model(tmp_path: Path) -> None:
    """What training asks in one batch is what a user gets letter by letter."""
    descent = Descent(DEFINITION, 0)
    for _ in range(60):
        descent.advance()
    correct, least = descent.exam()
    assert 0 < correct < 729
    assert 0 < least < 0.5
    logits, right = descent.answers(task.all_inputs())
    wrong = (logits.argmax(-1) != right).any(1)
    assert int((~wrong).sum()) == correct


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    straight, first = Descent(DEFINITION, 3), Descent(DEFINITION, 3)
    for _ in range(6):
        straight.advance()
    for _ in range(3):
        first.advance()
    first.save(tmp_path / "checkpoint.safetensors")
    second = Descent(DEFINITION, 3)
    second.restore(tmp_path / "checkpoint.safetensors")
    assert (second.step, second.loss, second.losses) == (3, first.loss, first.losses)
    for _ in range(3):
        second.advance()
    for name, w in straight.arrays().items():
        np.testing.assert_array_equal(second.arrays()[name], w, err_msg=name)


@pytest.mark.usefixtures("undemanding")
def test_a_whole_training(tmp_path: Path) -> None:
    seen: list[Progress] = []
    report = train_sort(tmp_path / "new" / "mine", seed=1, progress=seen.append)
    assert [p.step for p in seen] == [1, 2, 3, 4, 5, 6]
    folder = tmp_path / "new" / "mine"
    assert sorted(p.name for p in folder.iterdir()) == ["config.json", "model.safetensors", "training.json"]
    record = json.loads((folder / "training.json").read_text())
    assert record["steps"] == report.steps == 6
    assert record["sorted"] == report.sorted
    assert record["parameters"] == 85_728
    assert record["command"] == "cutaway train sort --out mine --seed 1"
    assert set(record["versions"]) == {"cutaway", "python", "numpy", "torch"}
    assert "none was held out" in record["trained_on"]
    with pytest.raises(TrainingStopped, match="after 1 steps"):  # what training made, it may make again
        train_sort(folder, seed=1, max_steps=1)


@pytest.mark.usefixtures("undemanding")
def test_an_interruption_leaves_a_checkpoint(tmp_path: Path) -> None:
    def press(p: Progress) -> None:
        if p.step == 5:
            raise KeyboardInterrupt

    folder = tmp_path / "mine"
    with pytest.raises(TrainingStopped) as stopped:
        train_sort(folder, seed=1, progress=press)
    assert str(stopped.value) == (
        f"stopped; {folder} holds the checkpoint of step 4; "
        f"go on with: cutaway train sort --out {folder} --seed 1 --resume"
    )
    with pytest.raises(SettingError, match="holds a training that was stopped; go on with --resume"):
        train_sort(folder, seed=1)
    with pytest.raises(SettingError, match="was made with seed 1, got 2"):
        train_sort(folder, seed=2, resume=True)
    report = train_sort(folder, seed=1, resume=True)
    assert report.steps == 6
    assert not (folder / "checkpoint.safetensors").exists()


def test_too_few_steps_are_said_and_can_be_continued(tmp_path: Path) -> None:
    with pytest.raises(TrainingStopped, match=r"after 2 steps the model sorts \d+ of 729 inputs .*--resume --steps 4"):
        train_sort(tmp_path, max_steps=2)
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.safetensors"]
    with pytest.raises(TrainingStopped, match="after 3 steps"):
        train_sort(tmp_path, max_steps=3, resume=True)


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingError, match="is not empty and was not made by this command"):
        train_sort(tmp_path)
    with pytest.raises(SettingError, match="is a file; expected a folder"):
        train_sort(tmp_path / "thesis.txt")
    with pytest.raises(SettingError, match=r"has no checkpoint\.safetensors to resume from"):
        train_sort(tmp_path, resume=True)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(("options", "message"), [({"seed": -1}, "seed must be"), ({"max_steps": 0}, "steps must be")])
def test_options_out_of_range(options: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=message):
        train_sort(tmp_path / "x", **options)
    assert not (tmp_path / "x").exists()


def test_what_the_terminal_shows(tmp_path: Path) -> None:
    console = Console(width=100, record=True, force_terminal=True, file=open(tmp_path / "out", "w"))  # noqa: SIM115
    with progress_bar(console) as show:
        show(Progress(5, 3000, 0.5, 100, 0.2))
    report = Report("sort", "command", 0, 5, 0.5, 100, 729, 0.2, 85_728, 1.0, "all", {}, {}, [])
    console.print(report_table(report))
    text = console.export_text()
    assert "5/3000" in text
    assert "sorts 100 of 729" in text
    assert "85,728" in text

"""``train_sort``: from an empty folder to the built-in model, with the record of how it was made.

Training is a function of the seed: the batch of a step depends on seed and step alone, so a training
that was stopped and resumed gives the same weights as one that was not.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import cutaway
from cutaway.architectures import FAMILIES
from cutaway.errors import CutawayError, SettingError
from cutaway.load import load
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.save import save_folder, write_json
from cutaway.train import task
from cutaway.train.descent import BATCH, SETTINGS, Descent, one_thread

EXAM_EVERY = 100
CHECKPOINT_EVERY = 50
LEAST_CHANCE = 0.99
"""Training is done when every right letter, of every answer, is predicted with at least this chance."""
MAX_STEPS = 3000
MAX_SEED = 2**32 - 1
LOSSES_KEPT = 100

CHECKPOINT = "checkpoint.safetensors"
RECORD = "training.json"


class TrainingStopped(CutawayError):
    """Training was interrupted or did not reach its aim; the message says how to go on."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is, after each step."""

    step: int
    max_steps: int
    loss: float
    sorted: int
    """Inputs out of 729 that were sorted at the last exam."""
    least_chance: float
    """The smallest chance given to a right letter at the last exam."""

    @property
    def done(self) -> bool:
        """Whether the aim is reached."""
        return self.sorted == task.COUNT and self.least_chance >= LEAST_CHANCE


@dataclass(frozen=True)
class Report:
    """What a training did: the contents of ``training.json``."""

    task: str
    command: str
    seed: int
    steps: int
    loss: float
    """Cross-entropy in nats of the last batch."""
    sorted: int
    """Inputs sorted by greedy decoding, by the model as written."""
    inputs: int
    least_chance: float
    """The smallest chance given to a right letter, given the right letters before it."""
    parameters: int
    seconds: float
    trained_on: str
    settings: dict[str, Any]
    versions: dict[str, str]
    losses: list[tuple[int, float]]
    """Loss by step, thinned."""


@one_thread()
def train_sort(
    out: str | Path,
    *,
    seed: int = 0,
    max_steps: int = MAX_STEPS,
    resume: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Train nano-gpt to sort six letters, and write it to the folder ``out``.

    The folder gets ``config.json``, ``model.safetensors`` and ``training.json``; while training also a
    checkpoint, from which ``resume`` goes on. ``progress`` is called after each step. Raises
    ``SettingError`` for a folder with anything else in it, and ``TrainingStopped`` when interrupted by
    Ctrl-C or when ``max_steps`` were not enough; the checkpoint then stays.
    """
    folder = Path(out)
    if not 0 <= seed <= MAX_SEED:
        raise SettingError(f"seed must be from 0 to {MAX_SEED}, got {seed}")
    if max_steps < 1:
        raise SettingError(f"steps must be 1 or more, got {max_steps}")
    _check_folder(folder, seed=seed, resume=resume)
    checkpoint = folder / CHECKPOINT
    descent = Descent(FAMILIES[task.CONFIG["model_type"]].define(task.CONFIG), seed)
    if resume:
        descent.restore(checkpoint)
    folder.mkdir(parents=True, exist_ok=True)
    again = f"go on with: cutaway train sort --out {folder} --seed {seed} --resume"
    kept, now = descent.step, Progress(descent.step, max_steps, descent.loss, *descent.exam())
    try:
        while now.step < max_steps and not now.done:
            if now.step % CHECKPOINT_EVERY == 0:
                descent.save(checkpoint)
                kept = now.step
            descent.advance()
            asked = descent.step % EXAM_EVERY == 0 or descent.step == max_steps
            exam = descent.exam() if asked else (now.sorted, now.least_chance)
            now = Progress(descent.step, max_steps, descent.loss, *exam)
            if progress:
                progress(now)
        if now.done:
            return _finish(folder, descent, least_chance=now.least_chance)
    except KeyboardInterrupt:
        raise TrainingStopped(f"stopped; {folder} holds the checkpoint of step {kept}; {again}") from None
    descent.save(checkpoint)
    raise TrainingStopped(
        f"after {now.step} steps the model sorts {now.sorted} of {task.COUNT} inputs and gives each right letter a "
        f"chance of {now.least_chance:.3f} or more; expected {task.COUNT} and {LEAST_CHANCE}; "
        f"{again} --steps {2 * max(max_steps, now.step)}"
    )


def _check_folder(folder: Path, *, seed: int, resume: bool) -> None:
    """Raise ``SettingError`` unless training may write to ``folder``."""
    checkpoint = folder / CHECKPOINT
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{folder} is a file; expected a folder, or the name of a new one")
    if resume:
        if not checkpoint.is_file():
            raise SettingError(f"{folder} has no {CHECKPOINT} to resume from; start without --resume")
        counters = json.loads(SafetensorsFile(checkpoint).metadata.get("training", "{}"))
        if counters.get("task") != task.NAME:
            raise SettingError(f"{checkpoint} is not a checkpoint of this training")
        if counters["seed"] != seed:
            raise SettingError(f"{checkpoint} was made with seed {counters['seed']}, got {seed}")
    elif checkpoint.exists():
        raise SettingError(f"{folder} holds a training that was stopped; go on with --resume, or choose another folder")
    elif folder.is_dir() and any(folder.iterdir()) and _task_of(folder) != task.NAME:
        raise SettingError(f"{folder} is not empty and was not made by this command; choose another folder")


def _task_of(folder: Path) -> str | None:
    """What a folder that was made by this command was trained for."""
    try:
        return json.loads((folder / RECORD).read_text("utf-8"))["task"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _finish(folder: Path, descent: Descent, *, least_chance: float) -> Report:
    """Write the model, ask it every input as a user would, and write the record."""
    import torch

    card = {
        "title": "nano-gpt",
        "description": "A GPT that sorts six letters: small enough to look at every number in it.",
        "letters": list(task.LETTERS),
        "prompt": task.PROMPT,
        "facts": {
            "Task": f"{task.NAME}, after the demo of minGPT",
            "Training": f"cutaway train sort, seed {descent.seed}, {descent.step} steps of {BATCH} random inputs",
            "Accuracy": f"sorts all {task.COUNT} inputs by greedy decoding; none was held out of training",
        },
    }
    save_folder(folder, descent.definition, {**task.CONFIG, "cutaway": card}, descent.arrays())
    model = load(folder)
    report = Report(
        task=task.NAME,
        command=f"cutaway train sort --out {folder.name} --seed {descent.seed}",
        seed=descent.seed,
        steps=descent.step,
        loss=float(f"{descent.loss:.4g}"),
        sorted=task.sorted_count(model),
        inputs=task.COUNT,
        least_chance=round(least_chance, 6),
        parameters=model.cost().parameters,
        seconds=round(descent.seconds, 1),
        trained_on=f"each step {BATCH} inputs drawn at random from all {task.COUNT}; none was held out",
        settings=SETTINGS,
        versions={
            "cutaway": cutaway.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
        losses=descent.losses[:: -(-len(descent.losses) // LOSSES_KEPT)],
    )
    write_json(folder / RECORD, asdict(report))
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return report

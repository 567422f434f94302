"""The model that ships: it sorts every input, Transformers reads it, and its record is true."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from transformers import GPT2LMHeadModel

import cutaway
from cutaway import Model
from cutaway.train import task

FOLDER = Path(cutaway.__file__).parent / "models" / "nano-gpt"
RECORD = json.loads((FOLDER / "training.json").read_text("utf-8"))


def test_it_sorts_all_729_inputs(nano: Model) -> None:
    """Letter by letter, by greedy decoding."""
    assert task.sorted_count(nano) == 729


def test_it_is_sure_of_every_letter(nano: Model) -> None:
    least = 1.0
    for tokens, answers in zip(*task.sequences(task.all_inputs()), strict=True):
        chances = nano.run(tokens.tolist())["probs"][-task.LENGTH :]
        least = min(least, float(chances[np.arange(task.LENGTH), answers].min()))
    assert least > 0.99
    assert abs(least - RECORD["least_chance"]) < 1e-4


def test_transformers_gives_the_same_logits(nano: Model) -> None:
    oracle = GPT2LMHeadModel.from_pretrained(FOLDER).eval()
    for prompt in ("C", "CBABBC", "CBABBCABBBC"):
        run = nano.run(prompt)
        with torch.no_grad():
            expected = oracle(torch.tensor([run.tokens])).logits[0].numpy()
        np.testing.assert_allclose(run["logits"], expected, rtol=1e-4, atol=1e-4)


def test_its_record(nano: Model) -> None:
    assert RECORD["sorted"] == RECORD["inputs"] == 729
    assert RECORD["parameters"] == nano.cost().parameters == 85_728
    assert RECORD["command"] == f"cutaway train sort --out nano-gpt --seed {RECORD['seed']}"
    steps = [step for step, _ in RECORD["losses"]]
    assert steps == sorted(steps)
    assert steps[-1] <= RECORD["steps"]


def test_its_card(nano: Model) -> None:
    assert nano.title == "nano-gpt"
    assert nano.prompt == "CBABBC"
    assert nano.vocabulary.listed() == ["A", "B", "C"]
    assert nano.facts["Accuracy"].startswith("sorts all 729 inputs")
    assert f"seed {RECORD['seed']}, {RECORD['steps']} steps" in nano.facts["Training"]


def test_the_folder_holds_no_more_than_it_should() -> None:
    assert sorted(p.name for p in FOLDER.iterdir()) == ["config.json", "model.safetensors", "training.json"]
    assert (FOLDER / "model.safetensors").stat().st_size < 350_000

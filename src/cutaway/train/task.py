"""The task of the built-in model: sorting six letters, after the demo of minGPT (Karpathy 2020).

A sequence is six letters followed by the same letters in order. The model reads the first eleven; what
it predicts at the last six places is the answer. There are 3 ** 6 = 729 inputs, few enough to ask all.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from cutaway.model import Model

NAME = "sort six letters"
LETTERS = "ABC"
LENGTH = 6
COUNT = len(LETTERS) ** LENGTH
CONTEXT = 2 * LENGTH - 1
PROMPT = "CBABBC"

CONFIG: dict[str, Any] = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "n_layer": 3,
    "n_head": 3,
    "n_embd": 48,
    "n_positions": CONTEXT,
    "vocab_size": len(LETTERS),
    "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5,
    "tie_word_embeddings": False,
    "bos_token_id": None,
    "eos_token_id": None,
}
"""The ``config.json`` of the model, in the terms of Transformers: minGPT's ``gpt-nano``."""


def all_inputs() -> np.ndarray:
    """Every input: [input=729, letter=6] token ids."""
    return np.array(list(itertools.product(range(len(LETTERS)), repeat=LENGTH)))


def random_inputs(seed: int, step: int, count: int) -> np.ndarray:
    """The inputs of one training step, [input, letter]: a function of ``seed`` and ``step`` only,
    so that training can stop and go on without keeping the state of a generator."""
    return np.random.default_rng((seed, step)).integers(0, len(LETTERS), (count, LENGTH))


def sequences(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the model reads, [input, token=11], and what it should say at its last six tokens, [input, letter=6]."""
    answers = np.sort(inputs, axis=1)
    return np.concatenate([inputs, answers[:, :-1]], axis=1), answers


def sorted_count(model: Model) -> int:
    """How many of the 729 inputs ``model`` sorts by greedy decoding, one letter after the other."""
    return sum(
        model.run(letters.tolist()).generate(LENGTH).produced == np.sort(letters).tolist() for letters in all_inputs()
    )

"""Gradient descent on a definition: weights and optimizer, one step, the exam, checkpoints.

The model is trained through the same lowered formulas that run and explain it, with torch's autograd;
there is no second definition. ``torch.func.vmap`` adds the batch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cutaway.definition import Definition
from cutaway.evaluate import Plan, torch_backend
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.safetensors_writer import write_safetensors
from cutaway.train import task

BATCH = 64
LEARNING_RATE = 1e-3
WARMUP_STEPS = 100
BETAS = (0.9, 0.95)
WEIGHT_DECAY = 0.1
"""On matrices, not on embeddings, biases and norms; as in minGPT."""
GRADIENT_NORM = 1.0
INITIAL_DEVIATION = 0.02
LOSS_EVERY = 10
"""Steps between two losses that are kept for the record."""
INTO_STREAM = ("W_O", "W_out")
"""Weights whose output is added to the residual stream; they start smaller, as in GPT-2."""

SETTINGS: dict[str, Any] = {
    "optimizer": "AdamW",
    "learning_rate": LEARNING_RATE,
    "warmup_steps": WARMUP_STEPS,
    "betas": list(BETAS),
    "weight_decay": WEIGHT_DECAY,
    "gradient_norm": GRADIENT_NORM,
    "batch": BATCH,
}
"""What the record says of how it was trained."""


@dataclass
class Descent:
    """Weights and optimizer between two steps."""

    definition: Definition
    seed: int
    step: int = 0
    loss: float = math.nan
    """Of the last batch, before the step was taken."""
    seconds: float = 0.0
    losses: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        import torch

        self.plan, self.on = Plan(self.definition), torch_backend("cpu")
        start = initial_weights(self.definition, self.seed)
        self.weights = {n: torch.from_numpy(w).requires_grad_() for n, w in start.items()}
        plain = [n for n in self.weights if not n.rsplit(".", 1)[-1].startswith("W") or n in ("W_E", "W_pos")]
        groups = [
            {"params": [w for n, w in self.weights.items() if n not in plain], "weight_decay": WEIGHT_DECAY},
            {"params": [self.weights[n] for n in plain], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=BETAS)
        self._logits = torch.func.vmap(self._logits_of_one)

    def _logits_of_one(self, tokens: Any) -> Any:
        name = self.definition.logits
        assert name is not None
        return self.plan.run(tokens, self.weights, self.on, keep={name})[name]

    def answers(self, inputs: np.ndarray) -> tuple[Any, Any]:
        """Logits [input, letter, vocabulary] and right letters [input, letter] of the six answers to ``inputs``."""
        import torch

        tokens, right = task.sequences(inputs)
        return self._logits(torch.from_numpy(tokens))[:, -task.LENGTH :], torch.from_numpy(right)

    def advance(self) -> None:
        """One step of gradient descent."""
        import torch

        began = time.perf_counter()
        self.step += 1
        for group in self.optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, self.step / WARMUP_STEPS)
        logits, right = self.answers(task.random_inputs(self.seed, self.step, BATCH))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), right.flatten())
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights.values(), GRADIENT_NORM)
        self.optimizer.step()
        self.loss = loss.item()
        if self.step % LOSS_EVERY == 0 or self.step == 1:
            self.losses.append((self.step, float(f"{self.loss:.4g}")))
        self.seconds += time.perf_counter() - began

    def exam(self) -> tuple[int, float]:
        """How many of the 729 inputs are sorted, and the smallest chance given to a right letter.

        The right letters stand before each prediction. Greedy decoding answers right if and only if
        every one of these predictions is right.
        """
        import torch

        with torch.no_grad():
            logits, right = self.answers(task.all_inputs())
            chances = logits.softmax(-1)
            correct = (chances.argmax(-1) == right).all(1).sum()
            return int(correct), float(chances.gather(2, right[..., None]).min())

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights as NumPy arrays."""
        return {n: w.detach().numpy() for n, w in self.weights.items()}

    def save(self, path: Path) -> None:
        """Write weights, optimizer state and counters."""
        arrays = self.arrays()
        for name, w in self.weights.items():
            for key in ("exp_avg", "exp_avg_sq"):
                if w in self.optimizer.state:
                    arrays[f"{name}/{key}"] = self.optimizer.state[w][key].numpy()
        kept = ("seed", "step", "loss", "seconds", "losses")
        counters = {"task": task.NAME, **{name: getattr(self, name) for name in kept}}
        write_safetensors(path, arrays, {"training": json.dumps(counters)})

    def restore(self, path: Path) -> None:
        """Go on from what ``save`` wrote."""
        import torch

        file = SafetensorsFile(path)
        counters = json.loads(file.metadata["training"])
        self.step, self.loss, self.seconds = counters["step"], counters["loss"], counters["seconds"]
        self.losses = [(step, loss) for step, loss in counters["losses"]]
        for name, w in self.weights.items():
            w.data = torch.from_numpy(np.array(file[name]))
            if self.step:
                state = {k: torch.from_numpy(np.array(file[f"{name}/{k}"])) for k in ("exp_avg", "exp_avg_sq")}
                self.optimizer.state[w] = {"step": torch.tensor(float(self.step)), **state}


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread: more gain little on matrices this small, and change the order of sums, so that
    the weights would depend on the number of cores. Raises ``SettingError`` if torch is not installed."""
    torch_backend("cpu")
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def initial_weights(definition: Definition, seed: int) -> dict[str, np.ndarray]:
    """Weights as GPT-2 starts them: normal with deviation 0.02, smaller by sqrt(2 * layers) where the
    output is added to the residual stream; scales 1, shifts and biases 0."""
    rng = np.random.default_rng((seed, 0))
    layers = max(len(m.layers) for m in definition.root.walk())
    weights = {}
    for name, tensor in definition.tensors.items():
        if tensor.role != "weight":
            continue
        short, shape = name.rsplit(".", 1)[-1], tensor.shape({})
        if short == "w":
            weights[name] = np.ones(shape, np.float32)
        elif short.startswith("b"):
            weights[name] = np.zeros(shape, np.float32)
        else:
            deviation = INITIAL_DEVIATION / (math.sqrt(2 * layers) if short in INTO_STREAM else 1.0)
            weights[name] = rng.normal(0.0, deviation, shape).astype(np.float32)
    return weights

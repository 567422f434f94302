"""The oracle: what Transformers computes for tiny random models of each family, written and read as folders.

A case is data: a family's name, the Transformers class, what its configuration changes, and a prompt.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers

THEIR_NAMES = {"segments": "token_type_ids"}
"""Inputs by their names in Transformers."""


@dataclass(frozen=True)
class Case:
    """One tiny configuration of a family."""

    family: str
    classes: str
    """Names of the Transformers classes before ``Config`` and ``head``, with a space if they differ."""
    about: str
    changes: dict[str, Any] = field(default_factory=dict)
    tokens: int = 9
    head: str = "ForCausalLM"
    inputs: dict[str, Any] = field(default_factory=dict)
    """Given beside the prompt, under our names."""

    @property
    def id(self) -> str:
        return f"{self.family}: {self.about}"

    @property
    def prompt(self) -> list[int]:
        random = np.random.default_rng(zlib.crc32(self.id.encode()))
        return [int(i) for i in random.integers(0, self.changes.get("vocab_size", 13), self.tokens)]


@dataclass
class Oracle:
    """What Transformers says."""

    folder: Path
    logits: np.ndarray
    hidden: list[np.ndarray]
    """Before each layer, and after the last norm."""
    attention: list[np.ndarray]


def oracle(case: Case, folder: Path) -> Oracle:
    """A random model of the case, saved in ``folder``, and what it computes for the prompt."""
    torch.manual_seed(zlib.crc32(case.id.encode()))
    config_class, model_class = (case.classes.split() * 2)[:2]
    config = getattr(transformers, f"{config_class}Config")(**case.changes)
    config._attn_implementation = config._experts_implementation = "eager"  # keeps attention; any sizes
    model = getattr(transformers, f"{model_class}{case.head}")(config).eval()
    with torch.no_grad():
        for _, value in sorted({**dict(model.named_parameters()), **dict(model.named_buffers())}.items()):
            if value.is_floating_point() and value.ndim and not value.isinf().any():
                spread = 0.4 if value.ndim == 1 else 0.8 / value.shape[-1] ** 0.5
                value.add_(torch.randn_like(value) * spread)
        rotary = [m for m in model.modules() if type(m).__name__.endswith("RotaryEmbedding")]
    for module in rotary:  # the angles are no weights: they were disturbed with the buffers
        module.__init__(config)
    model.save_pretrained(folder)
    with torch.no_grad():
        beside = {THEIR_NAMES[name]: torch.tensor([numbers]) for name, numbers in case.inputs.items()}
        out = model(torch.tensor([case.prompt]), **beside, output_hidden_states=True, output_attentions=True)
    return Oracle(
        folder,
        out.logits[0].numpy(),
        [h[0].numpy() for h in out.hidden_states],
        [a[0].numpy() for a in out.attentions],
    )

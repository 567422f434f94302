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

THEIR_NAMES = {"segments": "token_type_ids", "decoder": "decoder_input_ids"}
"""Inputs by their names in Transformers."""
ENDS = {
    "blocks": ("narrowed", "ln_final.normalized", "blocks.{last}.resid_post"),
    "encoder": ("encoder_final_ln.normalized",),
    "decoder": ("decoder_final_ln.normalized",),
}
"""Stack to what may be its last hidden state; the first that a model has is it."""


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
    logits: np.ndarray | None
    """None of a model that predicts no tokens."""
    hidden: dict[str, list[np.ndarray]]
    """Of each stack: before each layer, and after the last norm."""
    attention: dict[str, np.ndarray]
    """By the name of our tensor."""


def oracle(case: Case, folder: Path) -> Oracle:
    """A random model of the case, saved in ``folder``, and what it computes for the prompt."""
    torch.manual_seed(zlib.crc32(case.id.encode()))
    config_class, model_class = (case.classes.split() * 2)[:2]
    config = getattr(transformers, f"{config_class}Config")(**case.changes)
    config._attn_implementation = config._experts_implementation = "eager"  # keeps attention; any sizes
    model = getattr(transformers, f"{model_class}{case.head}")(config).eval()
    head = model.get_output_embeddings()
    if head and case.changes.get("tie_word_embeddings") is False and head.weight is model.get_input_embeddings().weight:
        head.weight = torch.nn.Parameter(head.weight.clone())  # as in checkpoints of T5 1.1
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
    return Oracle(folder, out.logits[0].numpy() if "logits" in out else None, *_states(out))


def _states(out: Any) -> tuple[dict[str, list[np.ndarray]], dict[str, np.ndarray]]:
    """Hidden states of each stack, and attention by the names of our tensors."""
    hidden: dict[str, list[np.ndarray]] = {}
    attention: dict[str, np.ndarray] = {}
    for stack, ours, states, patterns in (
        ("blocks", "attn", "hidden_states", "attentions"),
        ("encoder", "attn", "encoder_hidden_states", "encoder_attentions"),
        ("decoder", "attn", "decoder_hidden_states", "decoder_attentions"),
        ("decoder", "cross_attn", "decoder_hidden_states", "cross_attentions"),
    ):
        if states in out:
            hidden[stack] = [h[0].numpy() for h in out[states]]
            attention |= {f"{stack}.{i}.{ours}.pattern": a[0].numpy() for i, a in enumerate(out[patterns])}
    return hidden, attention

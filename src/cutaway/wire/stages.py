"""What corresponds to what in other models: a model's steps of computation, named alike in every model.

Two models are compared part by part by lining these up; see ``cutaway.alignment``.
"""

from __future__ import annotations

import msgspec


class Variant(msgspec.Struct, array_like=True, frozen=True):
    """How a step is computed in some of the layers."""

    tensor: int
    """Position in the model's tensors."""
    form: str
    """Equal where the formulas are, up to names of axes, sizes and numbers."""
    reads: list[str]
    """The role of every cell that the formula reads, in the order in which it is written."""
    layers: int
    """How many layers; 1 outside of layers."""


class StageStep(msgspec.Struct, array_like=True, frozen=True):
    """One computed tensor of a stage."""

    key: str
    """Its role in the stage, the same in every model."""
    label: str
    variants: list[Variant]


class Stage(msgspec.Struct, array_like=True, frozen=True):
    """A part of the computation, such as the norm before attention."""

    group: str
    """``before`` the layers, ``encoder`` or ``decoder`` layers, or ``after`` them."""
    slot: str
    """What it is for. Stages of one slot can be set side by side, those of the same key first."""
    key: str
    label: str
    layers: int
    """In how many layers it stands; 1 outside of layers."""
    says: dict[str, str]
    """What kind it is, in a few words, by what they say it of."""
    steps: list[StageStep]

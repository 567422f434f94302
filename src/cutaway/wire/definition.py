"""What a model is, without numbers: axes, named tensors with their formulas, the tree of modules."""

from __future__ import annotations

import msgspec

from cutaway.wire.expressions import Expr


class AxisKind(msgspec.Struct, frozen=True):
    """What positions along an axis mean. A kind has one letter and one colour everywhere."""

    name: str
    """For example ``token``, ``channel``, ``head``, ``feature``, ``vocabulary``."""
    letter: str
    """The letter of the length, for example ``T``."""
    label: str
    """In words, for example "token position"."""
    colour: int
    """Position in the client's categorical palette."""


class Axis(msgspec.Struct, frozen=True):
    """An axis variable of a model."""

    name: str
    """The index letter in formulas, for example ``t`` or ``s``; unique in the model."""
    kind: str
    size: int
    """The length; with ``length_of`` the largest one (the context length)."""
    length_of: str | None = None
    """The input whose length it has in a run; none: it is always of its size."""


class Origin(msgspec.Struct, frozen=True):
    """Where the values of an input or a weight were read from."""

    text: str
    """For example ``model.safetensors: h.*.attn.c_attn.weight``; ``*`` stands for the layer, and ``{0}``
    for the first of ``indices``, which is then not one of the array's."""
    indices: list[Expr]
    """The index there of one cell of the tensor, in terms of the tensor's axes."""


class Tensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named tensor, or one per layer when the name holds ``*``."""

    name: str
    label: str
    """A short name for labels in the scene, for example "query"."""
    axes: list[str]
    role: str
    """``input``, ``weight``, ``activation`` or ``statistic``."""
    formula: Expr | None = None
    """How one cell is computed, in terms of the tensor's axes; none for inputs and weights."""
    tied_to: str | None = None
    """Of a weight: the weight whose numbers these are, with the same axes in another order; files hold them once."""
    layers: list[int] = []
    """The layers it exists in; empty when the name holds no ``*``."""
    integer: bool = False
    origin: Origin | None = None
    """Where given values come from."""
    latex: str | None = None
    """A TeX name for formulas, for example ``W_Q``; else derived from the name."""
    about: str = ""
    """One sentence on what it is and what it is for."""


class Module(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node of the model's module tree. The root has the empty path."""

    path: str
    """For example ``blocks.*.attn``."""
    label: str
    kind: str
    """For example ``norm``, ``attention``, ``mlp``, ``block``, ``embedding``."""
    tensors: list[str] = []
    """Names of the tensors that belong to it directly, in the order of computation."""
    modules: list[Module] = []
    layers: list[int] = []
    """When the last part of the path is ``*``: the layers this body is used for."""

"""The text of tours: paragraphs whose words refer to tensors, cells and numbers of a run."""

from __future__ import annotations

import msgspec

from cutaway.wire.expressions import Expr

Value = float | Expr
"""A number, or an expression over the values of a run, worked out once before anything is sampled."""


class Span(msgspec.Struct, tag="span", array_like=True, frozen=True):
    """Positions along an axis, from ``start`` to before ``stop``."""

    start: Value
    stop: Value


Selector = Value | Span


class Emphasis(msgspec.Struct, tag="em", array_like=True, frozen=True):
    """Words that stand out: strong, or in italics."""

    strong: bool
    content: list[Inline]


class Tex(msgspec.Struct, tag="tex", array_like=True, frozen=True):
    """A formula, in the line or on a line of its own."""

    latex: str
    display: bool


class Code(msgspec.Struct, tag="code", array_like=True, frozen=True):
    """Text in the letters of a typewriter."""

    text: str


class Reference(msgspec.Struct, tag="ref", array_like=True, frozen=True):
    """Words that light up what they name, and that are lit up by it."""

    what: str
    """``tensor``, ``cells``, ``module``, ``axis`` or ``chapter``."""
    name: str
    """The full name of a tensor, the full path of a module, a kind of axis or the id of a chapter."""
    index: list[Selector]
    """Of cells: one per axis of the tensor; else empty."""
    content: list[Inline]


class RunNumber(msgspec.Struct, tag="number", array_like=True, frozen=True):
    """A number of the current run."""

    value: Expr
    format: str
    """``value``, ``percent``, ``count``, ``token`` (the text of a token id) or ``prompt`` (the prompt itself)."""


Inline = str | Emphasis | Tex | Code | Reference | RunNumber


class Paragraph(msgspec.Struct, tag="p", array_like=True, frozen=True):
    """A paragraph, or one item of a list."""

    content: list[Inline]
    item: bool


class Widget(msgspec.Struct, tag="widget", array_like=True, frozen=True):
    """Something to try in the text: ``softmax`` or ``sampling`` of some cells, or the ``prompt``."""

    kind: str
    tensor: str = ""
    index: list[Selector] = []


class Share(msgspec.Struct, frozen=True):
    """What one part of a model costs; multiply-adds and bytes as polynomials of the number of tokens."""

    label: str
    what: str
    """As of a ``Reference``."""
    name: str
    parameters: int
    multiply_adds: list[float]
    """Coefficients, the constant first."""
    bytes: list[float]


class Shares(msgspec.Struct, tag="shares", array_like=True, frozen=True):
    """A chart of what the parts of the model cost, for any number of tokens."""

    parts: list[Share]
    of: str
    """What it shows at first: ``parameters``, ``multiply_adds`` or ``bytes``."""


Piece = Paragraph | Widget | Shares

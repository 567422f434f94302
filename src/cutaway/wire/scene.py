"""The picture: where every tensor stands, in cells."""

from __future__ import annotations

import msgspec


class Box(msgspec.Struct, frozen=True, omit_defaults=True):
    """The place of one tensor: a block of cells ``columns x rows x depth``."""

    tensor: str
    x: float
    y: float
    z: float
    columns: str | None = None
    """The axis that runs right (one cell per position); none: a single column."""
    rows: str | None = None
    """The axis that runs down."""
    depth: str | None = None
    """The axis laid out in depth, one slab behind the other."""
    pitch: float = 1.0
    """Distance between the fronts of two slabs, in cells. A slab is one cell thick."""
    layers: list[int] = []
    """The layers in which the tensor stands here, when it stands elsewhere in others; else it is all of its layers."""


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """The bounds of a module in the scene: for its section label, for flying to it."""

    module: str
    x: float
    y: float
    z: float
    width: float
    height: float
    depth: float
    layers: list[int] = []
    """The layers it is for, when the module is absent or elsewhere in others; else all layers of its stack."""


class Ribbon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A flat band that shows what feeds what: a polyline in a plane of constant z."""

    source: str
    """The tensor that is read, or its template name."""
    target: str
    """The tensor that is computed from it."""
    points: list[tuple[float, float, float]]
    width: float
    role: str
    """The role of ``source``, which gives the colour; ``residual`` for the residual stream."""
    layers: list[int] = []
    """The layers it is repeated in (its points are then relative to the layer); else absolute."""


class Point(msgspec.Struct, frozen=True):
    """A position in the scene, in cells."""

    x: float
    y: float
    z: float


class Scene(msgspec.Struct, frozen=True):
    """Where everything stands. Things named with ``*`` are placed once per layer, moved by
    ``offsets[stack][position of the layer in the stack]``."""

    boxes: list[Box]
    frames: list[Frame]
    ribbons: list[Ribbon]
    offsets: dict[str, list[Point]]
    """Stack name (``blocks``) to one offset per layer."""

"""The bundle's wire format: what Python writes and the browser reads, declared once.

Pipeline stage: between everything that computes (formula, layout, evaluate) and everything that
draws. A module for each thing that travels. The TypeScript types in ``client/src/bundle/wire`` are
generated from these by ``python -m cutaway.wire_typescript``; a test fails when they drift.

Conventions
-----------
* Tensor names are TransformerLens names. A tensor that exists once per layer is declared once, with
  ``*`` in place of the layer number (``blocks.*.attn.q``) and the list of layers it exists in.
  In a formula, ``blocks.*.x`` is the same layer, ``blocks.<.x`` the previous layer and
  ``blocks.2.x`` that very layer. The *stack* of a name is what stands before ``.*``.
* Lengths in the scene are in cells: one cell is one unit. ``x`` runs right, ``y`` runs **down**,
  ``z`` runs **away** from the viewer. A box's position is its top left front corner.
* Values are little-endian float32 (token ids: int32) in safetensors files, in the tensor's own axis
  order, under the tensor's full name. An axis with ``length_of`` has the length of that input in the run.
"""

from cutaway.wire.bundle import VERSION, Bundle, Capabilities, CatalogueEntry, Model, TourEntry, Vocabulary
from cutaway.wire.costs import Cost, Part
from cutaway.wire.definition import Axis, AxisKind, Module, Origin, Tensor
from cutaway.wire.expressions import Apply, Cell, Const, Expr, Index, Reduce, Size
from cutaway.wire.run import Failure, RunInfo, RunRequest
from cutaway.wire.scene import Box, Frame, Point, Ribbon, Scene
from cutaway.wire.stages import Stage, StageStep, Variant
from cutaway.wire.text import (
    Code,
    Emphasis,
    Inline,
    Paragraph,
    Piece,
    Reference,
    RunNumber,
    Selector,
    Share,
    Shares,
    Span,
    Tex,
    Value,
    Widget,
)
from cutaway.wire.tour import Card, Cells, Chapter, Copy, DiagramNode, Mark, Note, Plot, Split, Step, Sweep, Tour, Track

__all__ = [
    "VERSION",
    "Apply",
    "Axis",
    "AxisKind",
    "Box",
    "Bundle",
    "Capabilities",
    "Card",
    "CatalogueEntry",
    "Cell",
    "Cells",
    "Chapter",
    "Code",
    "Const",
    "Copy",
    "Cost",
    "DiagramNode",
    "Emphasis",
    "Expr",
    "Failure",
    "Frame",
    "Index",
    "Inline",
    "Mark",
    "Model",
    "Module",
    "Note",
    "Origin",
    "Paragraph",
    "Part",
    "Piece",
    "Plot",
    "Point",
    "Reduce",
    "Reference",
    "Ribbon",
    "RunInfo",
    "RunNumber",
    "RunRequest",
    "Scene",
    "Selector",
    "Share",
    "Shares",
    "Size",
    "Span",
    "Split",
    "Stage",
    "StageStep",
    "Step",
    "Sweep",
    "Tensor",
    "Tex",
    "Tour",
    "TourEntry",
    "Track",
    "Value",
    "Variant",
    "Vocabulary",
    "Widget",
]

"""Tours: chapters of text and of tracks that are sampled at any moment, in any order."""

from __future__ import annotations

import msgspec

from cutaway.wire.text import Inline, Piece, Selector, Span, Value


class Step(msgspec.Struct, frozen=True):
    """What lies between two stops of a chapter."""

    end: int
    """When it is over, in milliseconds from the beginning of the chapter: the next stop."""
    text: list[Piece]


class Track(msgspec.Struct, frozen=True):
    """How one channel of some targets changes over time.

    Between two keys the value goes from the one to the other by the easing named with the later key;
    before the first key and after the last it stays as there.
    """

    group: int
    """Which of the chapter's groups of targets."""
    channel: str
    times: list[int]
    """Milliseconds, ascending."""
    values: list[Value]
    eases: list[str]


class Sweep(msgspec.Struct, frozen=True, omit_defaults=True):
    """In what order the cells of some targets are filled.

    One line of cells may come first (channel ``first``: how many cells of it are there); the channel
    ``rest`` says how many of the other cells, columns or rows are.
    """

    group: int
    by: str
    """``cell`` (down each column in turn), ``column`` or ``row``."""
    column: Value | None = None
    """The column that comes first."""
    row: Value | None = None
    """The row that comes first."""


class Split(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the cells of some targets part; the channel ``split`` is the width of the gap, in cells."""

    group: int
    columns: Span | None = None
    """The columns that stand apart from those before and after them."""
    rows: Span | None = None


class Cells(msgspec.Struct, frozen=True):
    """Some cells of a tensor, one selector per axis."""

    tensor: str
    index: list[Selector]


class Copy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cells that leave their place: target ``copy 0``, ``copy 1``, ... in order.

    Channels: ``x y z`` (top left corner), ``turn`` (quarters of a turn, clockwise), ``opacity``, ``fill``
    (how many cells are there, in the order of ``tensor``) and ``slide`` (the first cell that is shown
    when ``shown`` is less than all).
    """

    tensor: str
    index: list[Selector]
    times: Cells | None = None
    """When given, the cells are products with these, one by one, in one column."""
    running: bool = False
    """Whether each cell is the sum of the products so far."""
    shown: int = 0
    """How many cells are seen at once; 0: all of them."""


class Mark(msgspec.Struct, frozen=True):
    """Cells with a border around them: target ``mark 0``, ... with the channel ``opacity``."""

    tensor: str
    index: list[Selector]


class Note(msgspec.Struct, frozen=True):
    """Words in the scene: target ``note 0``, ... with the channel ``opacity``."""

    text: list[Inline]
    x: Value
    y: Value
    z: Value
    side: str
    """Where the words stand, seen from the place: ``top``, ``bottom``, ``left`` or ``right``."""


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """The explanation of a cell: target ``card 0``, ... with the channel ``opacity``."""

    tensor: str
    index: list[Value] = []
    """Empty: the cell that the sweep of the tensor has come to."""
    slab: int = 0
    """Whose sweep it follows."""


class Plot(msgspec.Struct, frozen=True):
    """The formula of a cell as a curve over one cell it reads: target ``plot 0``, ... (``opacity``).

    Without an index, of the cell that the sweep of the tensor has come to.
    """

    tensor: str
    index: list[Value]
    argument: str
    """The tensor whose cell runs along the horizontal axis."""


class Chapter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A chapter: text between stops, and tracks that are sampled at any moment, in any order.

    Targets are ``camera`` (channels ``x y z azimuth elevation width height near``: what is in the middle,
    seen from where, and the extent to be in view), full names of tensors (``opacity highlight first rest
    split``), ``name#k`` for slab k alone, ``name#j-k`` for those from j to k, ``a>b`` for the ribbon from a to b
    (``flow``: whole numbers are rest) and the numbered things below. ``*`` in a name stands for every layer, with
    ``name@j-k`` for those from j to k.
    """

    id: str
    title: str
    about: list[str]
    """Module paths and tensor names that are lit in the diagram."""
    steps: list[Step]
    groups: list[list[str]]
    tracks: list[Track]
    sweeps: list[Sweep] = []
    splits: list[Split] = []
    copies: list[Copy] = []
    marks: list[Mark] = []
    notes: list[Note] = []
    cards: list[Card] = []
    plots: list[Plot] = []


class DiagramNode(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of the model in the table of contents."""

    label: str
    what: str
    """``module``, ``tensor``, ``join`` (a sum that goes on in the stream) or ``stack``."""
    name: str
    nodes: list[DiagramNode] = []
    repeat: int = 1


class Tour(msgspec.Struct, frozen=True):
    """``tours/*.json``: one tour of one model in one language."""

    name: str
    title: str
    model: str
    language: str
    diagram: list[DiagramNode]
    chapters: list[Chapter]
    labels: dict[str, str] = {}
    """Labels of tensors and parts in this language, by the label in English."""

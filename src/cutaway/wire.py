"""The bundle's wire format: what Python writes and the browser reads, declared once.

Pipeline stage: between everything that computes (formula, layout, evaluate) and everything that
draws. The TypeScript types in ``client/src/bundle/wire.ts`` are generated from this file by
``python -m cutaway.wire_typescript``; a test fails when they drift.

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

from __future__ import annotations

import msgspec

VERSION = 1


class Const(msgspec.Struct, tag="const", array_like=True, frozen=True):
    """A number. JSON has no infinities or NaN, so these travel as "inf", "-inf" and "nan"."""

    value: float | str


class Index(msgspec.Struct, tag="index", array_like=True, frozen=True):
    """The value of an axis variable: the integer position along that axis."""

    axis: str


class Size(msgspec.Struct, tag="size", array_like=True, frozen=True):
    """The length of an axis in the current run."""

    axis: str


class Cell(msgspec.Struct, tag="cell", array_like=True, frozen=True):
    """One cell of a tensor; each index is an integer expression, one per axis of the tensor."""

    tensor: str
    indices: list[Expr]


class Apply(msgspec.Struct, tag="apply", array_like=True, frozen=True):
    """An element-wise operation. ``op`` is one of ``formula.OPS``:
    ``+ - * / // % ** neg exp sqrt log tanh erf sin cos abs min max < <= > >= == != and or not where``.
    ``where`` takes (condition, if true, if false) and reads only the branch it takes."""

    op: str
    args: list[Expr]


class Reduce(msgspec.Struct, tag="reduce", array_like=True, frozen=True):
    """``sum``, ``max`` or ``argmax`` of ``body`` over every position of ``axis``."""

    op: str
    axis: str
    body: Expr


Expr = Const | Index | Size | Cell | Apply | Reduce


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
    label_side: str = "top"
    """Where its label stands: ``top``, ``bottom``, ``left`` or ``right``."""
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


class Cost(msgspec.Struct, frozen=True):
    """What one forward pass over the full context costs."""

    parameters: int
    active_parameters: int
    """Parameters that one token reads: of tables, and of experts, only what it looks up."""
    multiply_adds: int
    bytes: int
    """Bytes of every weight read and every value written, float32."""
    cache_bytes_per_token: int
    """Bytes kept of each token so that later ones need not compute it again, in 16-bit numbers."""
    tokens: int


class Part(msgspec.Struct, frozen=True):
    """What a model has of one kind of part. The parts of a model add up to its ``Cost``."""

    kind: str
    """For example ``attention``: the same in every model, so that parts can be set side by side."""
    label: str
    parameters: int
    active_parameters: int
    """Parameters that one token reads."""
    multiply_adds: list[int]
    """Of a pass, as a polynomial of the number of tokens: coefficients, the constant first."""
    bytes: list[int]
    """Of every weight read and every value written, float32; likewise."""


class Vocabulary(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a prompt is typed. ``tokens`` is none when the vocabulary is not in the bundle."""

    size: int
    tokens: list[str] | None = None
    """The text of every token id."""


class Model(msgspec.Struct, frozen=True):
    """One model: its definition, its picture and where its values are."""

    name: str
    title: str
    family: str
    """The architecture, for example ``gpt2``."""
    description: str
    axes: list[Axis]
    tensors: list[Tensor]
    """In an order in which every tensor comes after what it reads (within a layer)."""
    root: Module
    scene: Scene
    cost: Cost
    context: int
    """The largest number of tokens of a run."""
    tokens: str
    """The name of the input tensor that holds the token ids."""
    decoder: str | None
    """The input with the tokens that the decoder has written, where that is a stack of its own."""
    logits: str | None
    """The scores of all tokens; none where no tokens are predicted."""
    probabilities: str | None
    predicts: str
    """What is predicted at each place: ``next``, the token after it, ``masked``, the token there, or ``none``."""
    vocabulary: Vocabulary
    weights: str | None
    """Path of the safetensors file with all weights, relative to the bundle; none: structure only."""
    prompt: list[int]
    """The token ids that a visitor sees first."""
    decoder_prompt: list[int]
    """Those of the decoder; empty where there is none."""
    run: str | None
    """Path of the safetensors file with every value of a run on ``prompt``."""
    no_values: str = ""
    """Why there are no values, as a sentence for people; empty where there are."""
    facts: dict[str, str] = {}
    """Further lines for the model card, for example where the weights come from."""
    tours: list[TourEntry] = []
    parts: list[Part] = []
    """What it is made of, in the order of computation."""
    sizes: dict[str, int] = {}
    """The numbers that make it large, by what they are called; the same names in every model."""
    traits: dict[str, str] = {}
    """What kinds of parts it has, each in a few words; the same names in every model."""


class Capabilities(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is behind the bundle: addresses relative to it, or none."""

    run: str | None = None
    """POST a ``RunRequest`` here; the answer is a safetensors file of every value."""
    live: bool = False
    """Whether an author is at work: tours may change while they are read."""


class CatalogueEntry(msgspec.Struct, frozen=True):
    """A model that can be fetched and added: structure, without values."""

    name: str
    title: str
    parameters: int
    path: str
    """Of a bundle with this one model, relative to the bundle that lists it; so are the paths in it."""


class Bundle(msgspec.Struct, frozen=True):
    """``bundle.json``"""

    version: int
    kinds: list[AxisKind]
    models: list[Model]
    capabilities: Capabilities
    catalogue: list[CatalogueEntry] = []
    """What can be added to ``models``."""


class RunRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of a POST to ``capabilities.run``. Exactly one of ``tokens`` and ``text`` is given."""

    model: str
    tokens: list[int] | None = None
    text: str | None = None
    decoder: list[int] | str | None = None
    """What the decoder has written: token ids, or text behind its start token; none: its start token."""


class RunInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ``__metadata__`` entry ``run`` of a safetensors file of a run, as JSON."""

    model: str
    tokens: list[int]
    texts: list[str]
    """The text of each token."""
    lengths: dict[str, int]
    """The length of each input that axes name in ``length_of``."""
    decoder: list[int] = []
    """The token ids that the decoder has read."""
    decoder_texts: list[str] = []
    next: list[tuple[int, str]] = []
    """The likeliest next tokens with their texts, most likely first, where the bundle does not list all texts."""


class Failure(msgspec.Struct, frozen=True):
    """Body of every 4xx answer: a sentence that says what was expected and what came."""

    error: str


# ---- tours ----

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
    split``), ``name#k`` for slab k alone, ``a>b`` for the ribbon from a to b (``flow``: whole numbers are
    rest) and the numbered things below. ``*`` stands for every layer.
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


class TourEntry(msgspec.Struct, frozen=True):
    """A tour that the bundle offers."""

    name: str
    title: str
    paths: dict[str, str]
    """Language (``en``, ``de``) to the path of the tour's file, relative to the bundle."""

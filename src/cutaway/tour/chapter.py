"""A chapter while it is written: what an author has in hand.

``@chapter`` makes a chapter of a function; the function is run once for each model and language, and what
it says and plays is recorded.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cutaway import wire
from cutaway.axes import KINDS
from cutaway.definition import Module
from cutaway.formula import Axis, Expr, as_expr, length
from cutaway.model import Model
from cutaway.tour import costs, motions, text
from cutaway.tour.camera import Camera
from cutaway.tour.clips import Clip
from cutaway.tour.errors import MissingPart, NotForThisModel, TourError, author
from cutaway.tour.groups import shortened
from cutaway.tour.kinds import VIEWS, Block
from cutaway.tour.kinds import Model as ModelView
from cutaway.tour.places import SHORT, Places
from cutaway.tour.sweeps import Sweeps, target_of
from cutaway.tour.things import Copies, selectors, start_hidden
from cutaway.tour.timeline import Change, Timeline, Value, sent
from cutaway.tour.translations import Translations
from cutaway.tour.views import Cells, ModuleView, Place, Selection, TensorView
from cutaway.vocabulary import Letters

Writer = Callable[..., None]
"""A chapter's function: it takes the ``Chapter``, and the parts of the model that its annotations name."""


@dataclass(frozen=True)
class Written:
    """A chapter as its author declared it."""

    id: str
    title: str
    function: Writer


def chapter(id: str, *, title: str) -> Callable[[Writer], Written]:
    """Declare a chapter. ``id`` stands in addresses; ``title`` in the table of contents."""
    if not id or not all(part.isalnum() and part.isascii() for part in id.split("-")):
        raise TourError(f"{author()}: an id is letters, digits and single hyphens, got {id!r}")
    return lambda function: Written(id, title, function)


class Card:
    """The explanation of a cell, shown while its opacity is above 0."""

    def __init__(self, target: str) -> None:
        self.target = target

    def opacity(self, value: float) -> Clip:
        return Clip((Change(self.target, "opacity", value),))

    def appear(self) -> Clip:
        return self.opacity(1)

    def vanish(self) -> Clip:
        return self.opacity(0)


class Chapter:
    """What a chapter's function records into; see ``docs/tours.md``."""

    def __init__(self, id: str, title: str, model: Model, places: Places, translations: Translations) -> None:
        self.id = id
        self._title = title
        self._model = model
        self.definition = model.definition
        self.places = places
        self.translations = translations
        self.timeline = Timeline(id)
        self.sweeps = Sweeps(id, places, self.timeline)
        self.copies = Copies(self)
        self.camera = Camera(self)
        self._views: dict[tuple[str, int | None], ModuleView] = {}
        self._tensors: dict[str, TensorView] = {}
        self._marks: dict[str, tuple[int, wire.Mark]] = {}
        self._notes: list[wire.Note] = []
        self._cards: list[wire.Card] = []
        self._plots: list[wire.Plot] = []
        self._now = 0
        self._steps: list[wire.Step] = []
        self._said: list[wire.Piece] = []
        self._scopes: list[dict[tuple[str, str], Value]] = []
        self._undone = 0
        """When the last scope was undone."""
        self._about: list[str] = []

    # ---- what there is ----

    @cached_property
    def model(self) -> ModelView:
        """The model: its blocks, and what is outside them."""
        view = self.module(self.definition.root, None)
        assert isinstance(view, ModelView)
        return view

    @cached_property
    def everything(self) -> Selection:
        """Every block of the picture."""
        return Selection(self, [(n, k) for n, b in self.places.blocks.items() for k in range(b.slabs)])

    def role(self, *roles: str) -> Selection:
        """Every block of a role: ``weight``, ``activation``, ``statistic`` or ``input``."""
        blocks = self.places.blocks
        return Selection(self, [s for s in self.everything.slabs if blocks[s[0]].tensor.role in roles])

    @property
    def task(self) -> str:
        """What the model was made for, when it says so."""
        return self._model.facts.get("Task", "")

    @property
    def has_letters(self) -> bool:
        """Whether tokens are the letters of a short list."""
        return isinstance(self._model.vocabulary, Letters)

    @property
    def predicts(self) -> str:
        """What the model predicts at each place: the ``next`` token, or the ``masked`` one there."""
        return self.definition.predicts

    def has(self, kind: str) -> bool:
        """Whether the model has a part of that kind anywhere."""
        return any(module.kind == kind for module in self.definition.root.walk())

    def first(self, kind: str) -> ModuleView:
        """The first part of a kind, in order of computation."""
        for module in self.definition.root.walk():
            if module.kind == kind:
                return self.module(module, min(module.layers) if module.layers else None)
        raise NotForThisModel(f"chapter {self.id!r}: this model has no part of kind {kind!r}")

    @cached_property
    def norms(self) -> list[ModuleView]:
        """Every norm of the stream: those of the blocks, and those outside of blocks."""
        blocks = [block for stack in self.model.stacks for block in stack]
        return [n for block in blocks for n in block.norms] + self.all("norm")

    def all(self, kind: str) -> list[ModuleView]:
        """Every part of a kind that is outside of blocks."""
        found = [m for m in self.definition.root.walk() if m.kind == kind and not m.layers]
        return [self.module(m, None) for m in found]

    def parent(self, x: TensorView) -> ModuleView:
        """The part that a tensor belongs to."""
        template = x.tensor.declared.name.rpartition(".")[0]
        found = [m for m in self.definition.root.walk() if m.path == template]
        layer = x.tensor.layer
        return next(self.module(m, layer) for m in found if layer is None or layer in m.layers)

    def needs(self, there: bool, what: str) -> None:
        """Leave this chapter out of the tour of a model unless ``there`` is true; ``what`` it is about, in words."""
        if not there:
            raise NotForThisModel(f"chapter {self.id!r}: this model has no {what}")

    @cached_property
    def strip(self) -> Place:
        """The letters of the prompt, above the block of token ids; nowhere when these stand above the middle of a
        long context, away from the tokens themselves."""
        return Place(*([self.places.strip(self.definition.tokens)] if self._is_short else []))

    @cached_property
    def chart(self) -> Place:
        """The bars of what is predicted, below the block of probabilities; nowhere when the context is long."""
        name = self.definition.probabilities
        return Place(*([self.places.chart(name)] if self._is_short and name else []))

    @property
    def _is_short(self) -> bool:
        """Whether blocks are shown at the full length of the context."""
        return self.definition.context <= SHORT

    @property
    def tokens(self) -> Expr:
        """How many tokens the prompt has."""
        return length(self._dynamic)

    @property
    def has_decoder(self) -> bool:
        """Whether one stack of blocks reads the prompt, and another one writes."""
        return self.definition.decoder is not None

    @property
    def spot(self) -> dict[str, Expr]:
        """The place whose prediction matters, by kind of axis: the last token, or the last one that was written."""
        axis = self.tensor(self.definition.logits or self.definition.tokens).tensor.axes[0]
        return {axis.kind.replace(" ", "_"): length(axis) - 1}

    @property
    def computed(self) -> Expr:
        """How many numbers a run computes."""
        total: Expr = as_expr(0)
        counts: dict[tuple[Axis, ...], int] = {}
        for t in self.definition.root.declared():
            if t.formula is not None:
                lengths = tuple(self._lengths[str(a.length_of)] for a in t.axes if a.dynamic)
                many = math.prod(a.size for a in t.axes if not a.dynamic) * (len(t.layers) or 1)
                counts[lengths] = counts.get(lengths, 0) + many
        for axes, many in counts.items():
            term: Expr = as_expr(many)
            for axis in axes:
                term = term * length(axis)
            total = total + term
        return total

    @cached_property
    def _lengths(self) -> dict[str, Axis]:
        """For each input an axis that is as long."""
        return {str(a.length_of): a for a in reversed(self.definition.axes) if a.dynamic}

    @property
    def last(self) -> Expr:
        """The position of the last token."""
        return length(self._dynamic) - 1

    @cached_property
    def _dynamic(self) -> Axis:
        return next(a for a in self.definition.axes if a.dynamic)

    def axis(self, kind: str) -> Axis:
        """The axis of a kind (``channel``, ``head``, ``head channel``, ``feature``, ...). Of several it is the one
        whose variable is the letter of the kind, such as ``a`` for the channels of a head."""
        found = [a for a in self.definition.axes if a.kind == kind]
        if not found:
            raise MissingPart(f"{author()}: this model has no axis of kind {kind!r}")
        letter = KINDS[kind].letter.lower() if kind in KINDS else ""
        return next((a for a in found if a.name == letter), found[0])

    @property
    def longest(self) -> Axis | int:
        """How many tokens a prompt may have: the axis of positions, where the model has a table of them."""
        axes = [a for a in self.definition.axes if a.kind == "position" and a.size == self.definition.context]
        return axes[0] if axes else self.definition.context

    def size(self, kind: str) -> int:
        """The length of the axis of a kind."""
        return self.axis(kind).size

    @cached_property
    def costs(self) -> costs.Costs:
        """What a forward pass costs, and how that grows."""
        return costs.Costs(self.definition)

    def module(self, module: Module, layer: int | None) -> ModuleView:
        key = (module.path, layer)
        if key not in self._views:
            self._views[key] = VIEWS.get(module.kind, ModuleView)(self, module, layer)
        return self._views[key]

    def tensor(self, name: str) -> TensorView:
        """A tensor by its full name."""
        if name not in self._tensors:
            self._tensors[name] = TensorView(self, self.definition.tensors[name])
        return self._tensors[name]

    @cached_property
    def end(self) -> TensorView:
        """What the model computes last: the chances of tokens, or without such the stream after all blocks."""
        d = self.definition
        return self.tensor(d.probabilities) if d.probabilities else self.model.stacks[-1][-1].resid_post

    def around(self, part: ModuleView) -> Block:
        """The block that a part is in."""
        top = part.module.path.split(".*")[0] + ".*"
        for module in self.definition.root.modules:
            if module.path == top and part.layer in module.layers:
                view = self.module(module, part.layer)
                if isinstance(view, Block):
                    return view
        raise MissingPart(f"{author()}: {part!r} is not in a block")

    def readers(self, x: TensorView) -> list[TensorView]:
        """The tensors whose formulas read one, in order of computation."""
        return [self.tensor(name) for name in self.places.readers.get(x.name, ())]

    def path(self, start: TensorView, end: TensorView) -> list[TensorView]:
        """The shortest way along the ribbons, both ends included."""
        found = self.places.path(start.name, end.name)
        if not found:
            ribbons = self.places.ribbons
            near = sorted(r for r in ribbons if r.startswith(f"{start.name}>") or r.endswith(f">{end.name}"))[:4]
            raise TourError(
                f"{self.here}: no ribbons lead from {start.name} to {end.name}; near them: {', '.join(near) or 'none'}"
            )
        return [self.tensor(name) for name in found]

    def target(self, name: str, slab: int) -> str:
        return target_of(self.places[name], slab)

    # ---- saying ----

    def about(self, *parts: ModuleView | TensorView) -> None:
        """What the chapter is about, for the diagram in the table of contents."""
        self._about += [p.path if isinstance(p, ModuleView) else p.name for p in parts]

    def say(self, words: str, /, **references: Any) -> None:
        """Text beside the picture: Markdown, with ``{references}`` and ``$formulas$``."""
        self._said += text.pieces(self, words, references)

    def widget(self, kind: str, cells: Cells) -> None:
        """Something to try in the text: ``softmax`` or ``sampling``, about a line of cells."""
        if kind not in text.WIDGETS:
            raise TourError(f"{self.here}: no widget {kind!r}; there are {', '.join(text.WIDGETS)}")
        self._said.append(wire.Widget(kind, cells.view.name, selectors(cells)))

    def prompt(self) -> None:
        """The prompt to change, and steps to take, in the text of a page that has no other room for them."""
        self._said.append(wire.Widget("prompt"))

    def shares(self, of: str = "parameters") -> None:
        """A chart of what the parts of the model cost, for any number of tokens; ``of``: what it shows at first,
        ``parameters``, ``multiply_adds`` or ``bytes``."""
        if of not in text.SHARES:
            raise TourError(f"{self.here}: shares are of {', '.join(text.SHARES)}, got {of!r}")
        self._said.append(wire.Shares(costs.shares(self), of))

    # ---- playing ----

    @property
    def here(self) -> str:
        """The chapter and the author's line, for errors."""
        return f"chapter {self.id!r} ({author()})"

    def begin(self, *clips: Clip) -> None:
        """How things stand when the chapter opens, where that differs from the model as it is."""
        if self._now:
            raise TourError(f"{self.here}: begin() comes before anything is played")
        place = author()
        for change in (change for clip in clips for part in clip.parts() for change in part.changes):
            self.timeline.begin(change, place)

    def play(self, *clips: Clip, seconds: float = 1.0, ease: str = "smooth") -> None:
        """Carry out clips, all from now on."""
        if not clips:
            raise TourError(f"{self.here}: play() needs something to play; to pause, use wait()")
        place, end = author(), self._now
        for part in (part for clip in clips for part in clip.parts()):
            if not isinstance(part, Clip):
                raise TourError(f"{self.here}: play() takes clips, got {part!r}")
            start = self._now + milliseconds(part.delay)
            until = start + max(1, milliseconds(seconds if part.seconds is None else part.seconds))
            eased = part.ease or ease
            goal = {change.channel: change.value for change in part.changes if change.target == "camera"}
            places = self.camera.ease(goal) if goal and eased == "smooth" else eased
            for change in part.changes:
                self._remember(change)
                is_place = change.target == "camera" and change.channel in ("x", "y", "z", "near")
                self.timeline.move(change, start, until, places if is_place else eased, place)
            end = max(end, until)
        self._now = end

    def wait(self, seconds: float) -> None:
        """Let what is there be looked at."""
        self._now += milliseconds(seconds)

    def stop(self) -> None:
        """Wait for the reader."""
        before = self._steps[-1].end if self._steps else 0
        if not self._said and self._now == before:
            raise TourError(f"{self.here}: nothing is said or played between two stops")
        if self._now == before:
            self._now += 400  # a step of text alone still takes its moment, so that each has a time of its own
        self._steps.append(wire.Step(self._now, self._said))
        self._said = []

    @contextmanager
    def scope(self, seconds: float = 0.5) -> Iterator[None]:
        """Whatever is played inside is undone on leaving, except the camera and what has been filled."""
        self._scopes.append({})
        yield
        before = self._scopes.pop()
        changes = [
            Change(target, channel, value)
            for (target, channel), value in before.items()
            if self.timeline.line(target, channel).value is not value
        ]
        if changes:
            self.play(Clip(tuple(changes)), seconds=seconds)
            self._undone = self._now

    def _remember(self, change: Change) -> None:
        if change.target != "camera" and change.channel not in ("first", "rest", "flow", "x", "y", "z", "fill"):
            for scope in self._scopes:
                key = (change.target, change.channel)
                scope.setdefault(key, self.timeline.line(*key).value)

    # ---- things in the scene ----

    def mark(self, cells: Cells) -> str:
        """The target of a border around some cells."""
        key = repr(cells)
        if key not in self._marks:
            number = len(self._marks)
            self._marks[key] = (number, wire.Mark(cells.view.name, selectors(cells)))
            start_hidden(self.timeline, f"mark {number}")
        return f"mark {self._marks[key][0]}"

    def note(self, words: str, at: Cells | Selection, *, side: str = "top", **references: Any) -> Card:
        """Words in the scene, beside some cells or a block."""
        bounds = at.bounds[0]
        x, y = (a + b for a, b in zip(bounds.low[:2], bounds.high[:2], strict=True))
        places = {
            "top": (x / 2, bounds.low[1]),
            "bottom": (x / 2, bounds.high[1]),
            "left": (bounds.low[0], y / 2),
            "right": (bounds.high[0], y / 2),
        }
        if side not in places:
            raise TourError(f"{self.here}: a note stands at {', '.join(places)}, got {side!r}")
        target = f"note {len(self._notes)}"
        found = text.inline(self, words, references)
        left, top = places[side]
        self._notes.append(wire.Note(found, sent(left), sent(top), sent(bounds.low[2]), side))
        start_hidden(self.timeline, target)
        return Card(target)

    def sign(self, sign: str, at: tuple[Value, Value, Value]) -> Card:
        """A sign such as × in the scene, centred on a point; the same in every language."""
        target = f"note {len(self._notes)}"
        x, y, z = map(sent, at)
        self._notes.append(wire.Note([sign], x, y, z, "centre"))
        start_hidden(self.timeline, target)
        return Card(target)

    def card(self, of: Cells | TensorView, *, head: int = 0) -> Card:
        """The explanation of a cell; of a tensor: of the cell that its sweep has come to."""
        if isinstance(of, Cells):
            if not of.is_cell:
                raise TourError(f"{self.here}: a card explains one cell, got {of!r}")
            made = wire.Card(of.view.name, [s for s in selectors(of) if not isinstance(s, wire.Span)])
        else:
            made = wire.Card(of.name, slab=head)
        target = f"card {len(self._cards)}"
        self._cards.append(made)
        start_hidden(self.timeline, target)
        return Card(target)

    def plot(self, of: Cells | TensorView, *, over: TensorView) -> Card:
        """The formula of a cell as a curve over the value of the cell of ``over`` that it reads; of a tensor: of
        the cell that its sweep has come to."""
        if isinstance(of, Cells) and not of.is_cell:
            raise TourError(f"{self.here}: a plot is of one cell, got {of!r}")
        target = f"plot {len(self._plots)}"
        found = selectors(of) if isinstance(of, Cells) else []
        index: list[wire.Value] = [s for s in found if not isinstance(s, wire.Span)]
        self._plots.append(wire.Plot(of.view.name if isinstance(of, Cells) else of.name, index, over.name))
        start_hidden(self.timeline, target)
        return Card(target)

    def focus(self, *things: Selection, rest: float = 0.12) -> Clip:
        """Some blocks as usual, all others faint."""
        seen = Selection(self, list(dict.fromkeys(s for thing in things for s in thing.slabs)))
        return seen.opacity(1) & seen.others.opacity(rest)

    def flow(self, *along: TensorView) -> Clip:
        """A wave runs along the ribbons from each tensor to the next, the shortest way."""
        if len(along) < 2:
            raise TourError(f"{self.here}: a flow needs two tensors, got {len(along)}")
        stations = [x for a, b in itertools.pairwise(along) for x in self.path(a, b)[1:]]
        clips = []
        for a, b in itertools.pairwise([along[0], *stations]):
            target = f"{a.name}>{b.name}"
            line = self.timeline.line(target, "flow")
            value = line.value
            assert isinstance(value, (int, float))
            clips.append(Clip((Change(target, "flow", math.floor(value) + 1),), ease="linear"))
        return Clip((), then=tuple(clips))

    product = motions.product
    dot = motions.dot
    fly = motions.fly
    source = motions.source

    # ---- finished ----

    def finish(self) -> wire.Chapter:
        """The chapter as it is sent."""
        end = self._steps[-1].end if self._steps else -1
        if self._said or self._now > max(end, self._undone):  # undoing a scope at the very end is no step
            self.stop()
        groups, tracks = self.timeline.tracks()
        sweeps, splits = self.sweeps.sent(groups)
        return wire.Chapter(
            id=self.id,
            title=self.translations(self._title),
            about=self._about,
            steps=self._steps,
            groups=[shortened(g, self.places) for g in groups],
            tracks=tracks,
            sweeps=sweeps,
            splits=splits,
            copies=self.copies.made,
            marks=[m for _, m in self._marks.values()],
            notes=self._notes,
            cards=self._cards,
            plots=self._plots,
        )


def milliseconds(seconds: float) -> int:
    return round(1000 * seconds)

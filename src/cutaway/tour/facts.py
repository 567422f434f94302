"""What a chapter may ask of the model it is told about, and of its picture."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, cast

from cutaway.architectures import FAMILIES
from cutaway.axes import KINDS
from cutaway.checkpoints import place_without_file
from cutaway.definition import Module
from cutaway.formula import Apply, ArgMax, Axis, Expr, as_expr, equal, length, walk, where
from cutaway.growth import Costs
from cutaway.model import Model
from cutaway.tour.blocks import SHORT
from cutaway.tour.errors import MissingPart, NotForThisModel, TourError, author
from cutaway.tour.kinds import VIEWS, Block
from cutaway.tour.kinds import Model as ModelView
from cutaway.tour.module_view import ModuleView
from cutaway.tour.places import Places
from cutaway.tour.selection import Place, Selection
from cutaway.tour.slabs import Slabs
from cutaway.tour.tensor_view import TensorView
from cutaway.vocabulary import IdsOnly, Letters

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter


IMAGINED = 1000
"""Tokens of a prompt that is imagined where there is none."""


class Facts:
    """The questions of a chapter. ``has_values``: whether there are runs with numbers to speak of; without them
    only the structure is known."""

    def __init__(self, id: str, model: Model, places: Places, has_values: bool) -> None:
        self.id = id
        self._model = model
        self.has_values = has_values
        self.definition = model.definition
        self.places = places
        self._views: dict[tuple[str, int | None], ModuleView] = {}
        self._tensors: dict[str, TensorView] = {}

    @property
    def _chapter(self) -> Chapter:
        return cast("Chapter", self)

    @cached_property
    def model(self) -> ModelView:
        """The model: its blocks, and what is outside them."""
        view = self.module(self.definition.root, None)
        assert isinstance(view, ModelView)
        return view

    @cached_property
    def everything(self) -> Selection:
        """Every block of the picture."""
        return Selection(self._chapter, self.places.everything)

    def role(self, *roles: str) -> Selection:
        """Every block of a role: ``weight``, ``activation``, ``statistic`` or ``input``."""
        places = self.places
        chosen = [x.name for x in self.definition.root.declared() if x.role in roles]
        bits = {name: places.everything.bits[name] for name in chosen if name in places.everything.bits}
        return Selection(self._chapter, Slabs(bits))

    def together(self, *things: Selection) -> Selection:
        """All slabs of several things."""
        return Selection(self._chapter, Slabs.joined(thing.slabs for thing in things))

    @property
    def task(self) -> str:
        """What the model was made for, when it says so."""
        return self._model.facts.get("Task", "")

    @property
    def has_letters(self) -> bool:
        """Whether tokens are the letters of a short list."""
        return isinstance(self._model.vocabulary, Letters)

    @property
    def has_words(self) -> bool:
        """Whether tokens are known by more than their numbers."""
        return not isinstance(self._model.vocabulary, IdsOnly)

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
        """The texts of the prompt, above the block of token ids; nowhere where there is no run."""
        return Place(*([self.places.strip(self.definition.tokens)] if self.has_values else []))

    @cached_property
    def chart(self) -> Place:
        """The bars of what is predicted, below the block of probabilities; nowhere when the context is long."""
        name = self.definition.probabilities
        return Place(*([self.places.chart(name)] if self._is_short and self.has_values and name else []))

    @property
    def _is_short(self) -> bool:
        """Whether blocks are shown at the full length of the context."""
        return self.definition.context <= SHORT

    @property
    def tokens(self) -> Expr:
        """How many tokens the prompt has."""
        return self._length(self._dynamic)

    @cached_property
    def imagined(self) -> int | None:
        """How many tokens the prompt has that a tour without values speaks of, where that is not all that there is
        room for: a context much longer than a column is tall would leave little to be seen of anything else."""
        is_long = self.definition.context > 2 * self.size("channel")
        return IMAGINED if not self.has_values and is_long and self.definition.context > IMAGINED else None

    def _length(self, axis: Axis) -> Expr:
        """How long an axis is in the run that is spoken of."""
        return length(axis) if self.imagined is None else as_expr(min(axis.size, self.imagined))

    @property
    def has_decoder(self) -> bool:
        """Whether one stack of blocks reads the prompt, and another one writes."""
        return self.definition.decoder is not None

    @property
    def spot(self) -> dict[str, Expr]:
        """The place whose prediction matters, by kind of axis: the last token, or the last one that was written; the
        first one that is hidden where such are predicted, and there is one."""
        axis = self.tensor(self.definition.logits or self.definition.tokens).tensor.axes[0]
        place: Expr = self._length(axis) - 1
        mask = self._model.vocabulary.mask if self.predicts == "masked" and self.has_values else None
        if mask is not None:
            token = self.definition.tensors[self.definition.tokens][axis]
            place = ArgMax(axis, where(equal(token, mask), length(axis), axis))  # the first of several
        return {axis.kind.replace(" ", "_"): place}

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

    @cached_property
    def drawn(self) -> int:
        """For how many tokens the picture of a prompt is drawn where there is no run: those of the imagined one."""
        return self.imagined or self.definition.context

    @property
    def last(self) -> Expr:
        """The position of the last token."""
        return self.tokens - 1

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
        axes = [a for a in self.definition.axes if a.kind == "position" and a.size == self.definition.true_context]
        return axes[0] if axes else self.definition.true_context

    def size(self, kind: str) -> int:
        """The length of the axis of a kind."""
        return self.axis(kind).size

    @property
    def costs(self) -> Costs:
        """What a forward pass costs, and how that grows."""
        return self.places.costs

    def module(self, module: Module, layer: int | None) -> ModuleView:
        key = (module.path, layer)
        if key not in self._views:
            self._views[key] = VIEWS.get(module.kind, ModuleView)(self._chapter, module, layer)
        return self._views[key]

    def tensor(self, name: str) -> TensorView:
        """A tensor by its full name."""
        if name not in self._tensors:
            self._tensors[name] = TensorView(self._chapter, self.definition.tensors[name])
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

    def stored_in(self, *weights: TensorView) -> str | None:
        """The short name of the array of a checkpoint that holds all these weights; none: they have arrays apart."""
        keys = {self._stored(w)[0].rpartition(": ")[2] for w in weights}
        return keys.pop().removesuffix(".weight").rpartition(".")[2] if len(keys) == 1 else None

    def in_turn(self, weights: TensorView, kind: str) -> bool:
        """Whether a checkpoint has other weights between those of two neighbours along the axis of a kind."""
        axis, (_, indices) = weights.axis(kind), self._stored(weights)
        return any(isinstance(e, Apply) and e.op == "*" and e.args[0] == axis for i in indices for e in walk(i))

    def _stored(self, weights: TensorView) -> tuple[str, list[Expr]]:
        """The array of a checkpoint that weights stand in, and the index there of one of their cells."""
        placed = FAMILIES[self.definition.family].CHECKPOINT
        return place_without_file(self.definition, placed, weights.tensor.declared)

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
                f"chapter {self.id!r} ({author()}): no ribbons lead from {start.name} to {end.name}; "
                f"near them: {', '.join(near) or 'none'}"
            )
        return [self.tensor(name) for name in found]

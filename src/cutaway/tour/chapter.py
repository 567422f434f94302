"""A chapter while it is written: what an author has in hand.

``@chapter`` makes a chapter of a function; the function is run once for each model and language, and what
it says and plays is recorded.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from cutaway import wire
from cutaway.model import Model
from cutaway.tour import costs, motions, text
from cutaway.tour.clips import Clip
from cutaway.tour.errors import NotForThisModel, TourError
from cutaway.tour.groups import shortened
from cutaway.tour.module_view import ModuleView
from cutaway.tour.places import Places
from cutaway.tour.recording import Recording
from cutaway.tour.selection import Selection
from cutaway.tour.tensor_view import Cells, TensorView
from cutaway.tour.things import Card, Copies, selectors, start_hidden
from cutaway.tour.timeline import Change, Value, sent
from cutaway.tour.translations import Translations


class Chapter(Recording):
    """What a chapter's function records into; see ``docs/tours.md``."""

    def __init__(
        self, id: str, title: str, model: Model, places: Places, translations: Translations, *, has_values: bool
    ) -> None:
        super().__init__(id, model, places, has_values)
        self._title = title
        self.translations = translations
        self.copies = Copies(self)
        self._marks: dict[str, tuple[int, wire.Mark]] = {}
        self._notes: list[wire.Note] = []
        self._cards: list[wire.Card] = []
        self._plots: list[wire.Plot] = []
        self._about: list[str] = []

    # ---- saying ----

    def about(self, *parts: ModuleView | TensorView) -> None:
        """What the chapter is about, for the diagram in the table of contents."""
        self._about += [p.path if isinstance(p, ModuleView) else p.name for p in parts]

    def say(self, words: str, /, *, without: str | None = None, **references: Any) -> None:
        """Text beside the picture: Markdown, with ``{references}`` and ``$formulas$``.

        A model without values has no numbers of a run: sentences that speak of such fall away, and with
        ``without`` that is said in place of the whole text.
        """
        if not self.has_values and without is not None:
            words = without
        found = text.pieces(self, words, references) if words else []
        self._said += found
        self._has_kept_silent |= not found

    def widget(self, kind: str, cells: Cells) -> None:
        """Something to try in the text: ``softmax`` or ``sampling``, about a line of cells."""
        if kind not in text.WIDGETS:
            raise TourError(f"{self.here}: no widget {kind!r}; there are {', '.join(text.WIDGETS)}")
        if self.has_values:
            self._said.append(wire.Widget(kind, cells.view.name, selectors(cells)))

    def prompt(self) -> None:
        """The prompt to change, and steps to take, in the text of a page that has no other room for them."""
        if self.has_values:
            self._said.append(wire.Widget("prompt"))

    def shares(self, of: str = "parameters") -> None:
        """A chart of what the parts of the model cost, for any number of tokens; ``of``: what it shows at first,
        ``parameters``, ``multiply_adds`` or ``bytes``."""
        if of not in text.SHARES:
            raise TourError(f"{self.here}: shares are of {', '.join(text.SHARES)}, got {of!r}")
        self._said.append(wire.Shares(costs.shares(self), of))

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
        if not found:
            return Card(None)
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
            if not of.is_known:
                return Card(None)
            made = wire.Card(of.view.name, [s for s in selectors(of) if not isinstance(s, wire.Span)])
        else:
            made = wire.Card(of.name, slab=head)
        target = f"card {len(self._cards)}"
        self._cards.append(made)
        start_hidden(self.timeline, target)
        return Card(target)

    def plot(self, of: Cells | TensorView, *, over: TensorView) -> Card:
        """The formula of a cell as a curve over the value of the cell of ``over`` that it reads; of a tensor: of
        the cell that its sweep has come to. Nothing without values."""
        if isinstance(of, Cells) and not of.is_cell:
            raise TourError(f"{self.here}: a plot is of one cell, got {of!r}")
        if not self.has_values:
            return Card(None)
        target = f"plot {len(self._plots)}"
        found = selectors(of) if isinstance(of, Cells) else []
        index: list[wire.Value] = [s for s in found if not isinstance(s, wire.Span)]
        self._plots.append(wire.Plot(of.view.name if isinstance(of, Cells) else of.name, index, over.name))
        start_hidden(self.timeline, target)
        return Card(target)

    def focus(self, *things: Selection, rest: float = 0.12) -> Clip:
        """Some blocks as usual, all others faint."""
        seen = self.together(*things)
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
        if self._said or (
            self._now > max(end, self._undone) and not self._has_kept_silent
        ):  # undoing a scope at the very end is no step
            self.stop()
        if not self._steps and not self.has_values:
            raise NotForThisModel(f"chapter {self.id!r}: it speaks of numbers of a run only, and this model has none")
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

"""What one token makes a model read and keep, found in the formulas: active parameters, key/value cache.

Beside ``cost``, which counts a whole forward pass. Nothing here knows of experts or of keys: an index that
is itself looked up reads few rows of a weight, and what later tokens read of earlier ones has to be kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import COMPARISONS, Apply, Axis, Cell, Const, Expr, Reduce, walk


def active_cells(definition: Definition) -> dict[Tensor, int]:
    """Of each stored weight, the numbers that one token reads, in all layers together.

    Of a table only the rows that are looked up count, such as the token's own embedding or the weights of
    the chosen experts. A weight that is used under two names counts as often as the name that reads more of it.
    """
    declared = list(definition.root.declared())
    read: dict[Tensor, int] = {}
    for reader in declared:
        for cell in reader.reads:
            if isinstance(cell.tensor, Tensor) and cell.tensor.role == "weight":
                rows = math.prod(map(_positions, cell.indices, cell.tensor.axes)) * (len(cell.tensor.layers) or 1)
                read[cell.tensor] = max(read.get(cell.tensor, 0), rows)
    stored = {t.name: t for t in declared if t.role == "weight" and t.tied_to is None}
    for tied in [t for t in read if t.tied_to is not None]:
        own = stored[str(tied.tied_to)]
        read[own] = max(read.get(own, 0), read.pop(tied))
    return read


def _positions(index: Expr, axis: Axis) -> int:
    """How many positions along ``axis`` an index reaches for one token."""
    free = {e for e in walk(index) if isinstance(e, Axis) and not e.dynamic}
    return min(axis.size, math.prod(a.size for a in free))


def cache_cells(definition: Definition, *tokens: int, with_prompt: bool = True) -> list[int]:
    """Numbers that have to be kept of texts so long, in tokens, so that later ones need not compute them again.

    These are the tensors that attention reads at other tokens, or what they are made from inside the same
    module where that is smaller, as in latent attention. Nothing is kept where tokens also look ahead, but for those
    of a prompt that a decoder reads again for each token it writes; without those unless ``with_prompt``. Where
    attention has a window, no more tokens than it holds.
    """
    kept = cache_by_window(definition, with_prompt=with_prompt)
    return [sum(per * min(n, window or n) for window, per in kept.items()) for n in tokens]


def cache_by_window(definition: Definition, *, with_prompt: bool = True) -> dict[int | None, int]:
    """The numbers that are kept of each token, by how many tokens attention looks back on (none: all)."""
    found: dict[int | None, int] = {}
    for attention in (_Attention(m, definition) for m in definition.root.walk() if m.kind == "attention"):
        if with_prompt or not attention.reads_prompt:
            found[attention.window] = found.get(attention.window, 0) + attention.kept()
    return found


def kept_of(attention: Module, definition: Definition) -> list[Tensor]:
    """The tensors of one attention module that have to be kept, in order of computation."""
    kept = _Attention(attention, definition).kept_tensors()
    return [t for t in attention.declared() if t in kept]


class _Attention:
    """One attention module, as a graph of what is computed token by token."""

    def __init__(self, module: Module, definition: Definition) -> None:
        self.members = {t: None for t in module.declared() if t.formula is not None}
        """Those that are computed, in order."""
        self.layers = len(module.layers) or 1
        self.root = definition.root
        nodes = [e for t in self.members for e in t.nodes]
        self.others = {e.axis for e in nodes if isinstance(e, Reduce) and e.axis.dynamic}
        self.looks_back = any(map(self._masks, nodes))
        self.window = next(filter(None, map(_window, nodes)), None)
        """How many tokens, itself included, a token looks back on; none: all."""
        own = _dynamic([a for t in self.members for a in t.axes]) - self.others
        inputs = {a.length_of for a in own}, {a.length_of for a in self.others}
        self.reads_prompt = bool(own and self.others) and inputs[0].isdisjoint(inputs[1])
        """Whether tokens of one input read those of another, as a decoder does a prompt."""

    def _masks(self, e: Expr) -> bool:
        """Whether ``e`` leaves out pairs of tokens by their order."""
        match e:
            case Apply("where", (condition, _, Const(value))) if value == -math.inf:
                compared = [c for c in walk(condition) if isinstance(c, Apply) and c.op in COMPARISONS]
                return any(len(_dynamic([c])) > 1 for c in compared)
        return False

    def kept(self) -> int:
        """Numbers per token, all layers together."""
        return sum(map(_per_token, self.kept_tensors())) * self.layers

    def kept_tensors(self) -> set[Tensor]:
        """What attention reads at other tokens, or the smaller tensors that it is made from."""
        if not (self.looks_back or self.reads_prompt):
            return set()
        kept = {
            cell.tensor
            for reader in self.members
            if reader.formula is not None and _dynamic([reader.formula, *reader.axes]) - self.others
            for cell in reader.reads
            if isinstance(cell.tensor, Tensor)
            and cell.tensor in self.members
            and (at := _dynamic(cell.indices))
            and at <= self.others
        }
        while found := self._smaller_source(kept):
            source, covered = found
            kept = {*kept - covered, source}
        return kept

    def _smaller_source(self, kept: set[Tensor]) -> tuple[Tensor, set[Tensor]] | None:
        """A tensor from which some of ``kept`` can be made, smaller than they are, and which these are. Of several
        that are as small the last one to be computed: less has to be done again."""
        best: tuple[int, Tensor, set[Tensor]] | None = None
        earlier = {s for t in kept for s in self._before(t)} - kept
        for source in (t for t in self.members if t in earlier):
            covered = {t for t in kept if self._made_from(t, source)}
            saved = sum(map(_per_token, covered)) - _per_token(source)
            if saved > 0 and (best is None or saved >= best[0]):
                best = saved, source, covered
        return best and best[1:]

    def _reads(self, t: Tensor) -> Iterator[Cell]:
        return (c for c in t.reads if c.tensor.axes)

    def _before(self, t: Tensor) -> set[Tensor]:
        """Every tensor of this module that ``t`` is made from."""
        found: set[Tensor] = set()
        ahead = [t]
        while ahead:
            near = {c.tensor for c in self._reads(ahead.pop()) if c.tensor in self.members and c.tensor not in found}
            new = {x for x in near if isinstance(x, Tensor)}
            found |= new
            ahead += new
        return found

    def _made_from(self, t: Tensor, source: Tensor) -> bool:
        """Whether ``t`` follows from ``source`` and what depends on positions alone."""
        if t is source:
            return True
        inside = [c for c in self._reads(t) if c.tensor in self.members]
        outside = [c for c in self._reads(t) if c.tensor not in self.members]
        if any(not isinstance(c.tensor, Tensor) or _knows_prompt(c.tensor) for c in outside) or not inside:
            return False
        return all(isinstance(c.tensor, Tensor) and self._made_from(c.tensor, source) for c in inside)


def _knows_prompt(t: Tensor) -> bool:
    """Whether a tensor depends on what the tokens are. Values of other layers do."""
    if t.role == "input":
        return True
    return any(not isinstance(c.tensor, Tensor) or _knows_prompt(c.tensor) for c in t.reads)


def _window(e: Expr) -> int | None:
    """How far apart two tokens are at most, where ``e`` masks pairs that are further apart."""
    match e:
        case Apply("where", (condition, _, Const(value))) if value == -math.inf:
            for compared in walk(condition):
                match compared:
                    case Apply("<", (Apply("-", (Axis() as a, Axis() as b)), Const(limit))) if a.dynamic and b.dynamic:
                        return int(limit)
    return None


def _dynamic(parts: Sequence[Expr]) -> set[Axis]:
    return {e for part in parts for e in walk(part) if isinstance(e, Axis) and e.dynamic}


def _per_token(t: Tensor) -> int:
    return math.prod(a.size for a in t.axes if not a.dynamic)

"""The role of every tensor of a model: in which part of the computation it stands, and as what.

For ``stages``. Read off the tree of modules: what kind they are, whether a norm stands before or after what it is
for, whether the tokens of a layer see those after them. Whoever defines a family says nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cutaway.definition import PREVIOUS, Definition, Module, Tensor
from cutaway.formula import Readable, Reduce
from cutaway.traits import looks_ahead

BEFORE, AFTER = "before", "after"
"""The groups of what stands outside the layers."""
ENTERS = "x"
"""What a stage reads of the stream."""
STREAM = frozenset({"embedding", "stream"})
"""Slots of what is in the stream, beside those of norms."""


@dataclass
class Place:
    """Where a tensor belongs."""

    group: str
    slot: str
    part: str
    label: str
    key: str
    said: str
    modules: list[Module] = field(default_factory=list)

    @property
    def stage(self) -> tuple[str, str, str]:
        return self.group, self.slot, self.part


class Places:
    """The place of every declared tensor of a definition."""

    def __init__(self, definition: Definition) -> None:
        self.of: dict[Tensor, Place] = {}
        self.named: dict[str, Tensor] = {}
        root = definition.root
        stacks = {
            k: "encoder" if looks_ahead(item) else "decoder"
            for k, item in enumerate(root.order)
            if isinstance(item, Module) and item.path.endswith(".*")
        }
        last, group = max(stacks, default=-1), ""
        for k, item in enumerate(root.order):
            outside = BEFORE if k < last or not stacks else AFTER
            if isinstance(item, Tensor):
                self._root_tensor(item, outside)
            elif k in stacks:
                group = stacks[k]
                self._body(item, group)
            elif item.kind == "norm" and outside == BEFORE and group:
                self._module(item, item, group, "norm after the layers", "")
            elif item.kind == "position":
                of = next((g for at, g in stacks.items() if at > k), "") if len({*stacks.values()}) > 1 else ""
                slot = "position" if of != "encoder" else "position of the encoder"
                label = f"Positions in the {of}" if of else "Positions"
                self._module(item, item, outside, slot, item.path, label=label)
            else:
                self._root_module(item, outside)
        self.declared = list(root.declared())
        for t in self.declared:
            self.named.setdefault(t.name, t)

    def in_order(self) -> Iterator[tuple[Tensor, Place]]:
        """The stages of a group in the order in which they begin, but the embedding first and the stream last."""
        groups, places = [BEFORE, "encoder", "decoder", AFTER], {"embedding": 0, "stream": 2}
        yield from sorted(
            ((t, self.of[t]) for t in self.declared),
            key=lambda item: (groups.index(item[1].group), places.get(item[1].slot, 1)),
        )

    def role(self, reader: Tensor, read: Readable) -> str:
        """What ``reader`` calls a tensor that it reads."""
        before = f".{PREVIOUS}." in read.name
        name = read.name.replace(f".{PREVIOUS}.", ".*.")
        known = self.named.get(name) or self.named[".".join("*" if p.isdigit() else p for p in name.split("."))]
        own, place = self.of[reader], self.of[known]
        if place.stage == own.stage:
            return (PREVIOUS if before else "") + place.key
        if own.slot == "stream":
            return known.name.rpartition(".")[2]
        in_stream = place.slot in STREAM or place.slot.startswith("norm") or place.slot.endswith("of the head")
        return ENTERS if in_stream or own.slot.startswith("norm") else known.name.rpartition(".")[2]

    def _root_tensor(self, t: Tensor, group: str) -> None:
        learned = any(a.kind == "position" for table in (t, *(c.tensor for c in t.reads)) for a in table.axes)
        slot, part, label = ("position", "learned", "Positions") if learned else ("embedding", "", "Embedding")
        if group == AFTER:
            slot, part, label = "head", "", "Head"
        self.of[t] = Place(group, slot, part, label, t.name, t.label)

    def _root_module(self, m: Module, group: str) -> None:
        if m.kind == "norm":
            label = "Norm of the embedding" if group == BEFORE else "Final norm"
            self._module(m, m, group, "norm", "", label=label)
        else:
            norms = [inner for inner in m.modules if inner.kind == "norm"]
            self._module(m, m, group, f"{m.kind} of the head", "", leave_out=norms)
            for norm in norms:
                self._module(norm, norm, group, "norm", "", label="Final norm")

    def _module(
        self,
        m: Module,
        owner: Module,
        group: str,
        slot: str,
        part: str,
        *,
        label: str = "",
        leave_out: Sequence[Module] = (),
    ) -> None:
        """The tensors of a module and below, but for those of the modules left out."""
        if m in leave_out:
            return
        for item in m.order:
            if isinstance(item, Module):
                self._module(item, owner, group, slot, part, label=label, leave_out=leave_out)
                continue
            inside = m.path[len(owner.path) :].lstrip(".")
            key = item.name[len(owner.path) :].lstrip(".")
            said = f"{m.label}: {item.label}" if inside else item.label
            self.of[item] = Place(group, slot, part, label or owner.label, key, said, [owner])

    def _body(self, body: Module, group: str) -> None:
        sublayers: list[tuple[Module, str]] = []
        for m in body.modules:
            if m.kind == "attention":
                crosses = any(of == "attention" for _, of in sublayers)
                sublayers.append((m, "cross-attention" if crosses else "attention"))
            elif m.kind == "mlp":
                sublayers.append((m, "MLP"))
        known = dict(sublayers)
        for m in body.modules:
            if m in known:
                self._sublayer(m, group, known[m])
            elif m.kind != "norm":
                self._module(m, m, group, m.kind, "")
        for m in (m for m in body.modules if m.kind == "norm"):
            where, of = _place_of_norm(m, body, sublayers)
            what = {"MLP": "the MLP"}.get(of, of)
            self._module(m, m, group, f"norm of {of}", where, label=f"Norm {where} {what}")
        for t in (item for item in body.order if isinstance(item, Tensor)):
            self._adopt(t, group, body)

    def _sublayer(self, m: Module, group: str, slot: str) -> None:
        parts = [inner for inner in m.modules if inner.kind in ("experts", "mlp")]
        if not parts:
            self._module(m, m, group, slot, "", label=_capital(slot))
            return
        self._module(m, m, group, "router", "", label="Router", leave_out=parts)
        for inner in parts:
            part = "experts" if inner.kind == "experts" else "shared"
            self._module(inner, inner, group, slot, part, label=inner.label)

    def _adopt(self, t: Tensor, group: str, body: Module) -> None:
        """What stands in a layer outside its modules goes with the norm whose result it is, or with the part whose
        products it adds up; what does neither is the stream."""
        read = [c.tensor for c in t.reads]
        of = [self.of[r] for r in read if isinstance(r, Tensor) and r in self.of]
        for place, r in ((self.of[r], r) for r in read if isinstance(r, Tensor) and r in self.of):
            if place.slot.startswith("norm of") and r.role == "statistic":
                self.of[t] = replace(place, key="normalized", said="normalized")
                return
        adds_up = any(isinstance(e, Reduce) for e in t.nodes)
        parts = [p for p in of if p.slot not in ("router", *STREAM) and not p.slot.startswith("norm")]
        if adds_up and parts:
            self.of[t] = replace(parts[-1], key="out", said=t.label)
            return
        key, said = t.name.rpartition(".")[2], t.label
        if key in OUTPUTS and parts:
            self.of[t] = replace(parts[-1], key="sum", said="all experts together")
            return
        outputs = [n for r in read if (n := r.name.rpartition(".")[2]) in OUTPUTS]
        if outputs:
            key, said = outputs[-1], OUTPUTS[outputs[-1]]
        elif key == "resid_pre":
            hands_on = any(f".{PREVIOUS}." in r.name for r in read)
            key = "handed on" if hands_on else "entering"
            said = "handed on to the next layer" if hands_on else "entering the layers"
        self.of[t] = Place(group, "stream", "", "Residual stream", key, said, [body])


OUTPUTS = {"attn_out": "after attention", "cross_attn_out": "after cross-attention", "mlp_out": "after the MLP"}
"""What sublayers add to the stream, by the names that TransformerLens gives them, and when the sum is made."""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _place_of_norm(norm: Module, body: Module, sublayers: list[tuple[Module, str]]) -> tuple[str, str]:
    """Whether a norm stands before or after a sublayer, and which. It stands before what alone reads it."""
    own = {t.name for t in norm.declared()}
    statistics = {t.name for t in norm.declared() if t.role == "statistic"}
    declared = list(body.declared())
    made = {t.name for t in declared if t.role == "activation" and not statistics.isdisjoint(t.sources)}
    readers = {t.name for t in declared if not made.isdisjoint(t.sources)} - own
    inside = [(of, {t.name for t in m.declared()}) for m, of in sublayers]
    if made <= own and readers <= set().union(*(names for _, names in inside)):
        return "before", next((of for of, names in inside if names & readers), "attention")
    position = {id(item): k for k, item in enumerate(body.order)}
    ahead = [of for m, of in sublayers if position[id(m)] < position[id(norm)]]
    return "after", ahead[-1] if ahead else "attention"

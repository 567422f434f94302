"""A whole architecture at certain sizes, and all of its tensors by their full names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cutaway.definition.module import Module
from cutaway.definition.tensors import BoundTensor, Tensor, resolve
from cutaway.errors import FormulaError, NameNotFound, near_matches
from cutaway.formula import Axis, Cell, Reduce

Predicts = Literal["next", "masked", "none"]
"""What is predicted at each place: the token after it, the token there, which the prompt may hide, or nothing."""


class TensorMap(Mapping[str, BoundTensor]):
    """Full name to tensor, layers expanded, in order of computation; each is bound on first use."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._made: dict[str, BoundTensor] = {}

    def __repr__(self) -> str:
        first, *_, last = self
        return f"<{len(self)} tensors of {self._definition.name}, from {first} to {last}>"

    @cached_property
    def _declared(self) -> dict[str, tuple[Tensor, int | None]]:
        table: dict[str, tuple[Tensor, int | None]] = {}
        stacks: set[str] = set()
        for item in self._definition.root.order:
            if isinstance(item, Tensor):
                table[item.name] = (item, None)
            elif not item.layers:
                table |= {t.name: (t, None) for t in item.declared()}
            elif item.path not in stacks:  # all bodies of one stack, layer by layer
                stacks.add(item.path)
                bodies = [m for m in self._definition.root.modules if m.path == item.path]
                rows = [(layer, list(body.declared())) for body in bodies for layer in body.layers]
                for layer, tensors in sorted(rows, key=lambda row: row[0]):
                    table |= {resolve(t.name, layer): (t, layer) for t in tensors if layer in t.layers}
        return table

    def __getitem__(self, name: str) -> BoundTensor:
        if name not in self._made:
            try:
                t, layer = self._declared[name]
            except KeyError:
                known = near_matches(name, self._declared)
                raise NameNotFound(f"{self._definition.name} has no tensor {name!r}.{known}") from None
            self._made[name] = BoundTensor(name, t.axes, t.integer, declared=t, layer=layer, tensors=self)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __contains__(self, name: object) -> bool:
        return name in self._declared


@dataclass(eq=False)
class Definition:
    """An architecture at certain sizes: what there is to compute, and how, without any number."""

    name: str
    family: str
    """The ``model_type`` of Transformers, for example ``gpt2``."""
    root: Module
    context: int
    """The largest number of tokens of a run."""
    tokens: str = "tokens"
    """Name of the input that holds the token ids."""
    decoder: str | None = None
    """Name of the input that holds the tokens of the decoder, where that is a stack of its own."""
    decoder_start: int | None = None
    """The token that the decoder begins with."""
    logits: str | None = "logits"
    """The scores of all tokens; none where no tokens are predicted."""
    probabilities: str | None = "probs"
    predicts: Predicts = "next"
    whole: Definition | None = None
    """The model at its true context, where this is the same for fewer tokens; see ``shorter``."""

    @property
    def true_context(self) -> int:
        """The context of the architecture, however many tokens this is drawn for."""
        return self.context if self.whole is None else self.whole.context

    @property
    def whole_name(self) -> str:
        """What the model is called at its true context."""
        return self.name if self.whole is None else self.whole.name

    @cached_property
    def tensors(self) -> TensorMap:
        return TensorMap(self)

    def lengths(self, tokens: int, decoder: int | None = None) -> dict[str, int]:
        """The lengths of the inputs of a run; the decoder's is that of the prompt unless given."""
        of = {self.tokens: tokens}
        return of if self.decoder is None else {**of, self.decoder: tokens if decoder is None else decoder}

    @property
    def predicts_in_words(self) -> str:
        """What the last token's prediction is of: the next token, or the last."""
        return {"next": "next", "masked": "last", "none": ""}[self.predicts]

    @cached_property
    def vocabulary_size(self) -> int:
        """How many tokens there are: what the prompt is looked up in."""
        return self._looked_up({self.tokens})[self.tokens]

    @cached_property
    def further_inputs(self) -> dict[str, int]:
        """Inputs beside the tokens, such as segments, and below what their numbers must be: what they index."""
        tokens = (self.tokens, self.decoder)
        return self._looked_up({t.name for t in self.root.declared() if t.role == "input"} - {*tokens})

    def _looked_up(self, inputs: set[str]) -> dict[str, int]:
        """Of each of these inputs, below what its numbers must be: the shortest axis that it indexes."""
        limits: dict[str, int] = {}
        for reader in self.root.declared() if inputs else ():
            for cell in reader.reads:
                for index, axis in zip(cell.indices, cell.tensor.axes, strict=True):
                    if isinstance(index, Cell) and index.tensor.name in inputs:
                        limits[index.tensor.name] = min(axis.size, limits.get(index.tensor.name, axis.size))
        return limits

    @cached_property
    def axes(self) -> list[Axis]:
        """Every axis variable, in order of first use."""
        found: dict[str, Axis] = {}
        for t in self.root.declared():
            inside = (e.axis if isinstance(e, Reduce) else e for e in t.nodes if isinstance(e, Reduce | Axis))
            for axis in (*t.axes, *inside):
                if found.setdefault(axis.name, axis) is not axis:
                    raise FormulaError(f"{t.name}: two different axes are both named {axis.name!r}")
        return list(found.values())

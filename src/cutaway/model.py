"""A model with numbers: a definition, weights and a vocabulary. A run of it on a prompt is a ``run.Run``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from cutaway.architectures import FAMILIES
from cutaway.checkpoints import Weights, place_without_file
from cutaway.cost import Cost, cost_of
from cutaway.definition import BoundTensor, Definition, Tensor
from cutaway.errors import CutawayError, PromptError, SettingError
from cutaway.evaluate import Backend, Plan, WeightsOn, backend
from cutaway.formula import Expr
from cutaway.run import Run
from cutaway.shorter import title_of_whole, title_within, within
from cutaway.vocabulary import Vocabulary, unnamed


@dataclass(eq=False)
class Model:
    """A language model that can be run, questioned and drawn. Made by ``cutaway.load``."""

    definition: Definition
    vocabulary: Vocabulary
    weights: Weights | None = None
    title: str = ""
    description: str = ""
    prompt: str | list[int] | None = None
    """The prompt that a visitor sees first."""
    decoder_prompt: str | list[int] | None = None
    """What the decoder has written then, where there is one; none: its start token."""
    facts: dict[str, str] = field(default_factory=dict)
    """Further lines for the model card."""

    def __post_init__(self) -> None:
        self.title = self.title or self.definition.name
        self._on_backend: dict[str, WeightsOn] = {}

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def tensors(self) -> Mapping[str, BoundTensor]:
        """Every tensor by its full name, in order of computation."""
        return self.definition.tensors

    @property
    def context(self) -> int:
        """The largest number of tokens of a prompt."""
        return self.definition.context

    def within(self, tokens: int) -> Model:
        """The same model drawn and counted for runs of at most ``tokens`` tokens: token axes are that long.

        Weights and formulas stay as they are, and so do the values of every prompt that fits. It is called
        ``NAME@TOKENS``, so that both can stand in one page. At the model's own context it is the model itself.
        Raises ``SettingError`` for more tokens than the context.
        """
        definition = within(self.definition, tokens)
        if definition is self.definition:
            return self
        title = title_of_whole(self.title, self.definition)
        if definition.whole is not None:
            title = title_within(title, tokens)
        # What a visitor sees first must fit, too.
        prompt, written = self.prompt, self.decoder_prompt
        if prompt is not None and len(ids := self.encode(prompt)) > tokens:
            prompt = ids[:tokens]
        if written is not None and len(ids := self.encode_decoder(written)) > tokens:
            written = ids[:tokens]
        return replace(self, definition=definition, title=title, prompt=prompt, decoder_prompt=written)

    @cached_property
    def plan(self) -> Plan:
        return Plan(self.definition)

    def cost(self, *, tokens: int | None = None, decoder: int | None = None) -> Cost:
        """Parameters, multiply-adds and bytes of a forward pass over ``tokens`` tokens (default: the context).

        ``decoder``: how many tokens an encoder-decoder has written; as many as ``tokens`` unless given.
        """
        n = self.context if tokens is None else tokens
        if decoder is not None and self.definition.decoder is None:
            raise SettingError(f"{self.name} has no decoder of its own, so it takes nothing but tokens")
        for what, length in (("tokens", n), ("decoder", n if decoder is None else decoder)):
            if not 1 <= length <= self.context:
                raise SettingError(f"{what} must be from 1 to the context length {self.context}, got {length}")
        return cost_of(self.definition, n, decoder)

    def encode(self, prompt: str | Sequence[int]) -> list[int]:
        """Token ids of a prompt. Raises ``PromptError`` if it is empty, too long or has unknown tokens."""
        if isinstance(prompt, str):
            ids = self.vocabulary.encode(prompt)
        else:
            if not isinstance(prompt, (Sequence, np.ndarray)):
                raise PromptError(f"a prompt is a text or a list of token ids, got {type(prompt).__name__}")
            ids = list(prompt)
            for i in ids:
                if isinstance(i, bool) or not isinstance(i, (int, np.integer)):
                    raise PromptError(f"a prompt is a text or a list of token ids; got {i!r} in the list")
            ids = [int(i) for i in ids]
        if not ids:
            raise PromptError(f"the prompt is empty; give from 1 to {self.context} tokens")
        if len(ids) > self.context:
            raise PromptError(f"the prompt has {len(ids)} tokens; {self.name} takes at most {self.context}")
        for place, i in enumerate(ids):
            if not 0 <= i < self.vocabulary.size:
                known = f"0 to {self.vocabulary.size - 1}"
                if isinstance(prompt, str) and (text := self.vocabulary.texts([i])[0]) not in (str(i), unnamed(i)):
                    raise PromptError(
                        f"the tokenizer reads {text!r} at position {place} as token id {i}, but the model's vocabulary "
                        f"is {known}: they do not belong together"
                    )
                raise PromptError(f"token id {i} at position {place} is not in the vocabulary ({known})")
        return ids

    def run(
        self,
        prompt: str | Sequence[int],
        *,
        decoder: str | Sequence[int] | None = None,
        on: str | Backend = "numpy",
        **inputs: Sequence[int],
    ) -> Run:
        """Run the model on a prompt, keeping every value.

        ``decoder``: what an encoder-decoder has written so far; its start token unless given. ``on``: ``numpy``,
        ``torch`` (the GPU when there is one) or ``torch:DEVICE``. ``inputs``: what some models take beside the
        tokens, one whole number for each, such as ``segments``; zeros unless given.
        """
        self._need_weights()
        ids, written = self.encode(prompt), self.encode_decoder(decoder)
        chosen = backend(on)
        for name, numbers in inputs.items():
            self._check_input(name, numbers, len(ids))
        given = {**inputs, **({self.definition.decoder: written} if self.definition.decoder is not None else {})}
        return Run(self, ids, self.plan.run(ids, self.weights_on(chosen), chosen, inputs=given), chosen, written)

    def encode_decoder(self, decoder: str | Sequence[int] | None) -> list[int]:
        """Token ids of the decoder, empty for models without one. Raises ``PromptError`` as ``encode`` does.

        A text stands behind the start token, as the model has written it; token ids are taken as they are.
        """
        start = self.definition.decoder_start
        if self.definition.decoder is None or start is None:
            if decoder is not None:
                raise PromptError(f"{self.name} has no decoder of its own, so it takes nothing but the prompt")
            return []
        if decoder is None or (isinstance(decoder, str) and not decoder):
            return [start]
        written = self.vocabulary.encode(decoder, whole=False) if isinstance(decoder, str) else None
        return self.encode(decoder if written is None else [start, *written])

    def _check_input(self, name: str, numbers: Sequence[int], tokens: int) -> None:
        known = self.definition.further_inputs
        if name not in known:
            takes = f"takes {', '.join(known)}" if known else "takes nothing"
            raise SettingError(f"{self.name} {takes} beside the prompt, got {name}")
        if len(numbers) != tokens:
            raise PromptError(f"{name}: expected one number for each of {tokens} tokens, got {len(numbers)}")
        for place, n in enumerate(numbers):
            if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 0 <= n < known[name]:
                limit = known[name] - 1
                raise PromptError(f"{name}: expected whole numbers from 0 to {limit}, got {n!r} at position {place}")

    def weights_on(self, on: Backend) -> WeightsOn:
        """All weights as arrays of a backend, each made when it is first needed."""
        key = f"{on.name}:{on.device}"
        if key not in self._on_backend:
            self._on_backend[key] = WeightsOn(self._need_weights(), on)
        return self._on_backend[key]

    def _need_weights(self) -> Weights:
        """The weights. Raises ``CutawayError`` for a model that has none."""
        if self.weights is None:
            raise CutawayError(
                f"{self.name} has no weights, so it cannot be run: it was loaded from a configuration alone. "
                "Give a folder with config.json and model.safetensors"
            )
        return self.weights

    def origin(self, tensor: BoundTensor | Tensor) -> tuple[str, list[Expr]]:
        """Where an input or a weight is read from, in words, and the index there of one of its cells. For a model
        without weights, where they would stand in a checkpoint.

        Of a declared tensor that exists in several layers, the layer is left open as ``*``.
        """
        if tensor.role != "weight":
            return "the prompt", list(tensor.axes)
        if self.weights is not None:
            return self.weights.origin(tensor)
        return place_without_file(self.definition, FAMILIES[self.definition.family].CHECKPOINT, tensor)

    def __repr__(self) -> str:
        cost = self.cost()
        layers = max((len(m.layers) for m in self.definition.root.walk()), default=0)
        return (
            f"<cutaway.Model {self.name}: {self.definition.family}, {layers} layers, "
            f"{cost.parameters:,} parameters, context {self.context}, vocabulary {self.vocabulary.size}>"
        )


def of_different_names(models: Sequence[Model]) -> list[Model]:
    """The models, which are to be told apart by name in one page. Raises ``CutawayError`` if they cannot."""
    names = [m.name for m in models]
    if len(set(names)) != len(names):
        raise CutawayError(f"models of one page need different names, got {', '.join(names)}; name each once")
    return list(models)

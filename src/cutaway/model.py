"""A model with numbers: a definition, weights and a vocabulary; and a run of it on a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from cutaway.architectures import FAMILIES
from cutaway.checkpoints import Weights, place_without_file
from cutaway.cost import Cost, cost_of
from cutaway.definition import BoundTensor, Definition, Tensor
from cutaway.errors import CutawayError, PromptError, SettingError
from cutaway.evaluate import Backend, Plan, WeightsOn, backend
from cutaway.explain import Explanation, explain_cell
from cutaway.formula import Expr
from cutaway.sampling import Sampling, choose
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


class Run(Mapping[str, np.ndarray]):
    """Every value of a model on one prompt: ``run["blocks.0.attn.pattern"]`` is a NumPy array."""

    def __init__(
        self,
        model: Model,
        tokens: list[int],
        values: Mapping[str, Any],
        on: Backend,
        decoder: Sequence[int] = (),
    ) -> None:
        self.model = model
        self.tokens = tokens
        self.decoder = list(decoder)
        """What the decoder has read; empty for models without one."""
        self.backend = on
        self._values = values
        self._numpy: dict[str, np.ndarray] = {}

    @cached_property
    def texts(self) -> list[str]:
        """The text of each token."""
        return self.model.vocabulary.texts(self.tokens)

    @cached_property
    def text_of_prompt(self) -> str:
        """What one types to get these tokens."""
        return self.model.vocabulary.text(self.tokens)

    @cached_property
    def text_of_decoder(self) -> str:
        """What one types to get those of the decoder, behind its start token."""
        begins = 1 if self.decoder[:1] == [self.model.definition.decoder_start] else 0
        return self.model.vocabulary.text(self.decoder[begins:], whole=False)

    @cached_property
    def decoder_texts(self) -> list[str]:
        """The text of each token of the decoder."""
        return self.model.vocabulary.texts(self.decoder)

    @property
    def lengths(self) -> dict[str, int]:
        """The length of each input, which the axes that name it have."""
        return self.model.definition.lengths(len(self.tokens), len(self.decoder))

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._numpy:
            tensor = self.model.tensors[name]  # raises NameNotFound with near matches
            value = self.backend.asnumpy(self._values[name])
            if tensor.role == "weight":  # the model keeps them, as far as there is room
                return value
            self._numpy[name] = value
        return self._numpy[name]

    def __iter__(self):
        return iter(self.model.tensors)

    def __len__(self) -> int:
        return len(self.model.tensors)

    def explain(self, cell: str) -> Explanation:
        """How one cell was computed: ``run.explain("blocks.0.attn.q[3, 0, 5]")``."""
        return explain_cell(self, cell)

    def generate(
        self,
        steps: int,
        *,
        temperature: float = 0.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
    ) -> Generated:
        """Append ``steps`` sampled tokens, one at a time; the run on all of them, and what was predicted.

        The last token is chosen but not run through the model when it no longer fits the context, so
        that the answer is complete: see ``Generated.text``. See ``sampling.Sampling`` for the options.
        """
        how = Sampling(temperature, top_k, top_p, seed)
        predicts, logits = self.model.definition.predicts, self.model.definition.logits
        if predicts != "next" or logits is None:
            said = "the token at each place, not the next one" if predicts == "masked" else "no tokens"
            raise CutawayError(f"{self.model.name} predicts {said}: it cannot go on")
        if steps < 1:
            raise SettingError(f"steps must be 1 or more, got {steps}")
        writes = self.tokens if self.model.definition.decoder is None else self.decoder
        free = self.model.context - len(writes) + 1
        if steps > free:
            raise SettingError(f"at most {free} steps fit the context of {self.model.context} tokens, got {steps}")
        run: Run = self
        produced: list[int] = []
        for k in range(steps):
            position = len(writes) + k
            produced.append(choose(run[logits][-1].tolist(), how, position=position))
            if k + 1 < steps or position < self.model.context:
                run = self._run_with(produced)
        return Generated(run, produced, writes)

    def _run_with(self, produced: list[int]) -> Run:
        """The run with these tokens appended to what the model goes on with."""
        if self.model.definition.decoder is None:
            return self.model.run([*self.tokens, *produced], on=self.backend)
        return self.model.run(self.tokens, decoder=[*self.decoder, *produced], on=self.backend)

    @property
    def prediction(self) -> int:
        """The most likely next token; of a model that predicts each place, the token at the last one.

        Raises ``CutawayError`` for a model that predicts no tokens.
        """
        if self.model.definition.logits is None:
            raise CutawayError(f"{self.model.name} predicts no tokens")
        return int(np.argmax(self[self.model.definition.logits][-1]))

    def __repr__(self) -> str:
        text = self.text_of_prompt
        if self.model.definition.probabilities is None:
            return f"<cutaway.Run of {self.model.name} on {text!r} ({len(self.tokens)} tokens): {len(self)} tensors>"
        top = self.model.vocabulary.texts([self.prediction])[0]
        p = float(self[self.model.definition.probabilities][-1, self.prediction])
        return (
            f"<cutaway.Run of {self.model.name} on {text!r} ({len(self.tokens)} tokens): "
            f"{self.model.definition.predicts_in_words} {top!r} with probability {p:.3f}; {len(self)} tensors>"
        )


class Generated(Run):
    """The last run of a generation. ``produced`` holds the new token ids, ``text`` their text."""

    def __init__(self, last: Run, produced: list[int], before: Sequence[int]) -> None:
        super().__init__(last.model, last.tokens, last._values, last.backend, last.decoder)
        self.produced = produced
        self._before = before

    @property
    def text(self) -> str:
        return self.model.vocabulary.text(self.produced, after=self._before)


def of_different_names(models: Sequence[Model]) -> list[Model]:
    """The models, which are to be told apart by name in one page. Raises ``CutawayError`` if they cannot."""
    names = [m.name for m in models]
    if len(set(names)) != len(names):
        raise CutawayError(f"models of one page need different names, got {', '.join(names)}; name each once")
    return list(models)

"""A run: every value of a model on one prompt, to be read by name, explained cell by cell and gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cutaway.errors import CutawayError, SettingError
from cutaway.evaluate import Backend
from cutaway.explain import Explanation, explain_cell
from cutaway.sampling import Sampling, choose

if TYPE_CHECKING:
    from cutaway.model import Model


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

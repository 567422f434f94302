"""A Transformers model that is already in memory, with its tokenizer.

The model is saved to a temporary folder and loaded from there: in memory the names and the fusing of
weights change from version to version of Transformers, in a saved folder they do not. Training may go on;
what is drawn stays as it was saved.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from cutaway.errors import CutawayError, PromptError
from cutaway.load import definition_size, load_folder
from cutaway.model import Model
from cutaway.vocabulary import Subwords, Vocabulary


def recognises(what: Any) -> bool:
    """Whether ``what`` is a ``PreTrainedModel``: the class says so, without importing Transformers."""
    return any(c.__name__ == "PreTrainedModel" and c.__module__.startswith("transformers.") for c in type(what).__mro__)


def model_of(what: Any, tokenizer: Any = None) -> Model:
    """The model with the weights that ``what`` has now. Raises ``CheckpointError`` for unsupported families."""
    if tokenizer is not None and not (hasattr(tokenizer, "encode") and hasattr(tokenizer, "decode")):
        raise CutawayError(f"expected a tokenizer with encode and decode, got {type(tokenizer).__name__}")
    folder = tempfile.TemporaryDirectory(prefix="cutaway-")
    try:
        with _quiet():
            what.save_pretrained(folder.name)
        model = load_folder(Path(folder.name), name=_name(what))
    except BaseException:
        folder.cleanup()
        raise
    weakref.finalize(model.weights, folder.cleanup)  # the weights are mapped from there
    if tokenizer is None:
        return model
    return replace(model, vocabulary=_vocabulary(tokenizer, definition_size(model.definition)))


def _vocabulary(tokenizer: Any, size: int) -> Vocabulary:
    """The tokenizer itself where it is one of the tokenizers library or built on one, else what asks it."""
    inner = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if type(inner).__module__.partition(".")[0] != "tokenizers" or not hasattr(inner, "to_str"):
        return Tokenizer(tokenizer, size)
    return Subwords(type(inner).from_str(inner.to_str()), size)  # a copy, because its settings are changed


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress bar of Transformers, for nobody asked for files."""
    logging = import_module("transformers.utils.logging")  # it is there: one of its models was given
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _name(what: Any) -> str:
    """What the model was loaded from, else its class."""
    return str(getattr(what, "name_or_path", "")).rstrip("/").rsplit("/", 1)[-1] or type(what).__name__


class Tokenizer:
    """A vocabulary that asks a tokenizer in memory."""

    def __init__(self, tokenizer: Any, size: int) -> None:
        self.size = size
        self._tokenizer = tokenizer

    @property
    def mask(self) -> int | None:
        return getattr(self._tokenizer, "mask_token_id", None)

    def encode(self, text: str, *, whole: bool = True) -> list[int]:
        ids = self._tokenizer.encode(text) if whole else self._tokenizer.encode(text, add_special_tokens=False)
        found = getattr(ids, "ids", ids)  # the tokenizers library gives an object
        if not all(isinstance(i, int) for i in found):
            raise PromptError(f"expected token ids from the tokenizer, got {found!r}")
        return list(found)

    def texts(self, ids: Sequence[int]) -> list[str]:
        return [self._tokenizer.decode([i], skip_special_tokens=False) for i in ids]

    def text(self, ids: Sequence[int], *, after: Sequence[int] = (), whole: bool = True) -> str:
        before = self._tokenizer.decode([*after], skip_special_tokens=False) if after else ""
        text = self._tokenizer.decode([*after, *ids], skip_special_tokens=False)
        return text[len(before) :] if text.startswith(before) else "".join(self.texts(ids))

    def listed(self) -> list[str] | None:
        return None

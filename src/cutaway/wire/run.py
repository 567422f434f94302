"""Asking the server for a run, and what comes with its values."""

from __future__ import annotations

import msgspec


class RunRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of a POST to ``capabilities.run``. Exactly one of ``tokens`` and ``text`` is given."""

    model: str
    tokens: list[int] | None = None
    text: str | None = None
    decoder: list[int] | str | None = None
    """What the decoder has written: token ids, or text behind its start token; none: its start token."""


class RunInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ``__metadata__`` entry ``run`` of a safetensors file of a run, as JSON."""

    model: str
    tokens: list[int]
    texts: list[str]
    """The text of each token."""
    lengths: dict[str, int]
    """The length of each input that axes name in ``length_of``."""
    decoder: list[int] = []
    """The token ids that the decoder has read."""
    decoder_texts: list[str] = []
    next: list[tuple[int, str]] = []
    """The likeliest next tokens with their texts, most likely first, where the bundle does not list all texts."""
    text: str | None = None
    """What one types to get the tokens of the prompt; none: their texts, one after the other."""
    decoder_text: str | None = None
    """The same of the decoder, behind its start token."""


class Failure(msgspec.Struct, frozen=True):
    """Body of every 4xx answer: a sentence that says what was expected and what came."""

    error: str

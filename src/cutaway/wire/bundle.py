"""``bundle.json``: models, what can be added to them, and what stands behind the page."""

from __future__ import annotations

import msgspec

from cutaway.wire.costs import Cost, Part
from cutaway.wire.definition import Axis, AxisKind, Module, Tensor
from cutaway.wire.scene import Scene
from cutaway.wire.stages import Stage

VERSION = 1


class TourEntry(msgspec.Struct, frozen=True):
    """A tour that the bundle offers."""

    name: str
    title: str
    paths: dict[str, str]
    """Language (``en``, ``de``) to the path of the tour's file, relative to the bundle."""


class Vocabulary(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a prompt is typed. ``tokens`` is none when the vocabulary is not in the bundle."""

    size: int
    tokens: list[str] | None = None
    """The text of every token id."""
    mask: int | None = None
    """The token that hides another one, of models that predict hidden ones."""


class Model(msgspec.Struct, frozen=True):
    """One model: its definition, its picture and where its values are."""

    name: str
    title: str
    family: str
    """The architecture, for example ``gpt2``."""
    description: str
    axes: list[Axis]
    tensors: list[Tensor]
    """In an order in which every tensor comes after what it reads (within a layer)."""
    root: Module
    scene: Scene
    cost: Cost
    context: int
    """The largest number of tokens of a run."""
    tokens: str
    """The name of the input tensor that holds the token ids."""
    decoder: str | None
    """The input with the tokens that the decoder has written, where that is a stack of its own."""
    logits: str | None
    """The scores of all tokens; none where no tokens are predicted."""
    probabilities: str | None
    predicts: str
    """What is predicted at each place: ``next``, the token after it, ``masked``, the token there, or ``none``."""
    vocabulary: Vocabulary
    weights: str | None
    """Path of the safetensors file with all weights, relative to the bundle; none: structure only."""
    prompt: list[int]
    """The token ids that a visitor sees first."""
    decoder_prompt: list[int]
    """Those of the decoder; empty where there is none."""
    run: str | None
    """Path of the safetensors file with every value of a run on ``prompt``."""
    no_values: str = ""
    """Why there are no values, as a sentence for people; empty where there are."""
    facts: dict[str, str] = {}
    """Further lines for the model card, for example where the weights come from."""
    tours: list[TourEntry] = []
    parts: list[Part] = []
    """What it is made of, in the order of computation."""
    sizes: dict[str, int] = {}
    """The numbers that make it large, by what they are called; the same names in every model."""
    traits: dict[str, str] = {}
    """What kinds of parts it has, each in a few words; the same names in every model."""
    stages: list[Stage] = []
    """Its steps of computation, to be lined up with those of other models."""
    whole: str | None = None
    """The name of the same model at its true context, where this one is drawn for fewer tokens."""
    true_context: int = 0
    """The context of the model, for however many tokens it is drawn."""


class Capabilities(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is behind the bundle: addresses relative to it, or none."""

    run: str | None = None
    """POST a ``RunRequest`` here; the answer is a safetensors file of every value."""
    live: bool = False
    """Whether an author is at work: tours may change while they are read."""


class CatalogueEntry(msgspec.Struct, frozen=True):
    """A model that can be fetched and added: a well-known one, structure without values, or one of the bundle's own
    drawn for another number of tokens, with the same values."""

    name: str
    title: str
    parameters: int
    path: str
    """Of a bundle with this one model, relative to the bundle that lists it; so are the paths in it."""
    context: int
    """How many tokens it is drawn for."""
    whole: str | None = None
    """The name of the same model at its true context, where this one is drawn for fewer tokens."""


class Bundle(msgspec.Struct, frozen=True):
    """``bundle.json``"""

    version: int
    kinds: list[AxisKind]
    models: list[Model]
    capabilities: Capabilities
    catalogue: list[CatalogueEntry] = []
    """What can be added to ``models``."""
    phrases: dict[str, str] = {}
    """Language to the path of what models say about themselves in it, by the English text."""

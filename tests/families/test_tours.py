"""The built-in tour for every family: it compiles, every number in it can be worked out, and what it says is there."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import pytest
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from cutaway import wire
from cutaway.architectures import FAMILIES
from cutaway.checkpoints import Weights
from cutaway.explain import CellValues
from cutaway.load import load_structure, presets
from cutaway.model import Model
from cutaway.tour import compile_tour
from cutaway.tour.compiling import Compiled, number_of_stops
from cutaway.tour.files import tour_file
from cutaway.tour.guide import GUIDE
from cutaway.tour.sample import bind, sample
from cutaway.vocabulary import Letters, read_tokenizer
from cutaway.wire_formula import formula_of
from families.cases import Case
from families.configurations import CASES

BY_ID = {case.id: case for case in CASES}

ALWAYS = {
    "what-it-does", "tokens-vectors-parameters", "embedding", "self-attention", "projection", "block-and-stack",
    "softmax", "output", "where-the-work-is",
}  # fmt: skip

HAS: dict[str, set[str]] = {
    "layer-norm": {"bert", "gpt2", "gpt_neox", "opt"},
    "rms-norm": set(FAMILIES) - {"bert", "gpt2", "gpt_neox", "opt"},
    "compressed-keys": {"deepseek_v3"},
    "rotary-positions": set(FAMILIES) - {"bert", "gpt2", "opt", "t5"},
    "relative-positions": {"t5"},
    "cross-attention": {"t5"},
    "two-lengths": {"t5"},
    "experts": {"mixtral", "qwen3_moe", "deepseek_v3", "gpt_oss"},
    "key-value-cache": set(FAMILIES) - {"bert", "t5"},
}
"""Chapters that some families have and others have not."""


@functools.cache
def model_named(id: str) -> Model:
    """A case by its name, with random weights: what a tour says has to hold for any."""
    case = BY_ID[id]
    config_class = case.classes.split()[0]
    config = getattr(transformers, f"{config_class}Config")(**case.changes)
    ends = {"architectures": [config_class + case.head]}
    definition = FAMILIES[case.family].define({**config.to_dict(), **ends, "name": case.family})
    random = np.random.default_rng(7)
    weights = {
        name: random.normal(size=t.shape({}), scale=0.5).astype(np.float32)
        for name, t in definition.tensors.items()
        if t.role == "weight"
    }
    size = definition.tensors["W_E"].axes[0].size
    return Model(definition, Letters("ABCDEFGHIJKLM"[:size]), cast(Weights, weights))


@functools.cache
def told(id: str, language: str = "en") -> Compiled:
    """The guide of a case."""
    return compile_tour(GUIDE, model_named(id), language=language, strict=True)


def pieces_of(thing: object) -> Iterator[object]:
    """Everything inside the text of a step."""
    yield thing
    if isinstance(thing, (list, tuple)):
        for part in thing:
            yield from pieces_of(part)
    elif isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            yield from pieces_of(getattr(thing, name))


def text_of(made: Compiled, chapter: str) -> str:
    """All plain words of a chapter."""
    (found,) = (c for c in made.tour.chapters if c.id == chapter)
    return " ".join(p for step in found.steps for p in pieces_of(step.text) if isinstance(p, str))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_guide_fits_every_family_in_every_language(case: Case) -> None:
    stops = set()
    for language in GUIDE.languages:
        made = told(case.id, language)
        assert made.translations.missing == []
        chapters = {chapter.id: chapter for chapter in made.tour.chapters}
        predicts = model_named(case.id).definition.probabilities is not None
        assert set(chapters) >= (ALWAYS if predicts else ALWAYS - {"what-it-does", "softmax", "output"})
        for id, families in HAS.items():
            assert (id in chapters) == (case.family in families), id
        assert {"mlp", "gated-mlp", "experts"} & set(chapters)
        for chapter in chapters.values():
            assert len(chapter.steps) >= 4, chapter.id
            assert all(step.text for step in chapter.steps), chapter.id
            assert any(len(track.times) > 1 for track in chapter.tracks), chapter.id
        stops.add(number_of_stops(made.tour.chapters))
    assert len(stops) == 1
    assert min(stops) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_number_can_be_worked_out_and_nothing_jumps_at_a_stop(case: Case) -> None:
    model = model_named(case.id)
    run = model.run(case.prompt, **case.inputs)
    values = CellValues(run)
    axes = {a.name: a for a in model.definition.axes}

    def number(e: wire.Expr) -> float:
        return values.value(formula_of(e, axes, model.tensors), {})

    for chapter in told(case.id).tour.chapters:
        tracks = bind(chapter, number)
        for step in chapter.steps:
            before, after = sample(tracks, step.end - 0.01), sample(tracks, step.end + 0.01)
            assert np.isfinite(before).all(), chapter.id
            for track, a, b in zip(tracks, before, after, strict=True):
                assert abs(a - b) <= 0.01 * (max(track.values) - min(track.values)), (chapter.id, track.channel)
            for piece in pieces_of(step.text):
                if isinstance(piece, wire.RunNumber):
                    assert not np.isnan(number(piece.value)), (chapter.id, piece)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_spoken_of_is_in_the_picture(case: Case) -> None:
    model = model_named(case.id)
    paths = {m.path for m in model.definition.root.walk()}
    for chapter in told(case.id).tour.chapters:
        for piece in pieces_of([step.text for step in chapter.steps]):
            if isinstance(piece, wire.Reference) and piece.what in ("tensor", "cells"):
                assert piece.name in model.tensors, (chapter.id, piece.name)
            if isinstance(piece, wire.Reference) and piece.what == "module":
                assert re.sub(r"\.\d+", ".*", piece.name) in paths, (chapter.id, piece.name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_stop_speaks_of_is_lit(case: Case) -> None:
    """But for the table at the other end of the model, of which the last chapters say that it is used again."""
    model = model_named(case.id)
    values = CellValues(model.run(case.prompt, **case.inputs))
    axes = {a.name: a for a in model.definition.axes}
    for chapter in told(case.id).tour.chapters:
        tracks = bind(chapter, lambda e: values.value(formula_of(e, axes, model.tensors), {}))
        for number, step in enumerate(chapter.steps):
            shown = {
                name: value
                for track, value in zip(tracks, sample(tracks, step.end), strict=True)
                for name in track.targets
                if track.channel == "opacity"
            }
            for piece in pieces_of(step.text):
                if isinstance(piece, wire.Reference) and piece.what in ("tensor", "cells"):
                    all_layers = re.sub(r"\.\d+\.", ".*.", piece.name)
                    names = (each + slab for each in (piece.name, all_layers) for slab in ("", "#0"))
                    first = next((shown[each] for each in names if each in shown), 1.0)
                    assert first >= 0.2 or piece.name == "W_E", (chapter.id, number, piece.name, first)


SAID = [
    ("llama: grouped heads", "self-attention", "Count the slabs", True),
    ("llama: as many key heads, odd sizes", "self-attention", "Count the slabs", False),
    ("mistral: window shorter than the prompt", "self-attention", "sliding window", True),
    ("mistral: window shorter than the prompt", "self-attention", "Not everywhere", False),
    ("gemma2: windows in every other layer", "self-attention", "Not everywhere", True),
    ("gemma2: tight caps", "self-attention", "capped", True),
    ("gemma2: tight caps", "output", "capped", True),
    ("gemma2: no caps, given layer types", "output", "capped", False),
    ("gemma2: tight caps", "rms-norm", "norms twice", True),
    ("gemma: wide heads, tied head", "embedding", "multiplied by", True),
    ("gemma: wide heads, tied head", "output", "used a second time", True),
    ("gemma: one key head, untied", "output", "used a second time", False),
    ("gemma3_text: local and global angles", "rotary-positions", "two clocks", True),
    ("gpt_neox: side by side, part of a head turned", "projection", "side by side", True),
    ("gpt_neox: one after the other, no biases", "projection", "side by side", False),
    ("gpt_neox: side by side, part of a head turned", "rotary-positions", "channels are turned", True),
    ("llama: yarn frequencies", "rotary-positions", "first trained on shorter texts", True),
    ("llama: yarn frequencies", "rotary-positions", "Turning does not change the length", False),
    ("llama: grouped heads", "rotary-positions", "Turning does not change the length", True),
    ("qwen2: biases, tied head", "self-attention", "With a bias on top", True),
    ("llama: grouped heads", "self-attention", "With a bias on top", False),
    ("qwen3: norm of each head", "self-attention", "Before they meet", True),
    ("gpt_oss: sinks and windows", "self-attention", "One more score takes part", True),
    ("gpt_oss: sinks and windows", "experts", "kept within limits", True),
    ("mixtral: two of three experts", "experts", "kept within limits", False),
    ("deepseek_v3: latent attention, groups, dense first", "experts", "never chosen", True),
    ("deepseek_v3: direct queries, no groups, no interleaving", "experts", "groups", False),
    ("deepseek_v3: yarn, biases, one kind of layer", "self-attention", "And then it is multiplied by", True),
    ("deepseek_v3: latent attention, groups, dense first", "self-attention", "And then it is multiplied by", False),
    ("llama: yarn frequencies", "rotary-positions", "both are multiplied by", True),
    ("llama: grouped heads", "rotary-positions", "both are multiplied by", False),
    ("opt: norms before", "mlp", "ReLU", True),
    ("opt: norms after, narrow embeddings", "embedding", "translate", True),
    ("opt: plain norms, no biases, untied", "layer-norm", "This one does not", True),
    ("t5: tied head", "self-attention", "how far the two tokens are apart", True),
    ("t5: tied head", "output", "what was written", True),
    ("bert: two segments", "self-attention", "both directions", True),
    ("bert: two segments", "self-attention", "causal mask", False),
    ("bert: two segments", "embedding", "two parts", True),
    ("bert: two segments", "output", "Top-k", False),
    ("olmo2: norms after, all heads normalised together", "rms-norm", "What a part has made", True),
    ("olmo2: norms after, all heads normalised together", "rms-norm", "each part always sees", False),
    ("olmo2: norms after, all heads normalised together", "projection", "going to be read", False),
    ("gemma2: tight caps", "rms-norm", "each part always sees", True),
    ("gemma2: tight caps", "self-attention", "a number that was chosen for this model: sums", True),
    ("gemma2: tight caps", "self-attention", "takes the growth out", False),
    ("llama: grouped heads", "self-attention", "takes the growth out", True),
    ("deepseek_v3: latent attention, groups, dense first", "self-attention", "takes the growth out", True),
]
"""A case, a chapter, words, and whether the chapter says them."""


@pytest.mark.parametrize(("case", "chapter", "words", "is_said"), SAID, ids=lambda x: str(x)[:40])
def test_steps_are_told_where_a_model_has_what_they_are_about(
    case: str, chapter: str, words: str, is_said: bool
) -> None:
    made = told(case)
    assert (words in text_of(made, chapter)) == is_said


def test_no_text_names_a_model() -> None:
    names = re.compile(r"GPT|Llama|Mi[sx]tral|Qwen|Gemma|Phi-|OLMo|OPT\b|NeoX|DeepSeek|BERT|\bT5\b")
    for text in GUIDE.texts("de").texts.items():
        for words in text:
            assert not names.search(words), words


STRUCTURES = [*(("case", case.id) for case in CASES), *(("preset", name) for name in presets())]


@functools.cache
def structure(kind: str, name: str) -> Model:
    """A model of which nothing but the structure is known."""
    if kind == "preset":
        return load_structure(presets()[name], name)
    return Model(model_named(name).definition, Letters("ABCDEFGHIJKLM"))


@pytest.mark.parametrize(("kind", "name"), STRUCTURES, ids=lambda x: x)
def test_without_values_no_number_of_a_run_is_told(kind: str, name: str) -> None:
    model = structure(kind, name)
    stops = set()
    for language in GUIDE.languages if kind == "preset" else ["en"]:
        made = compile_tour(GUIDE, model, language=language, strict=True)
        assert made.translations.missing == []
        for chapter in made.tour.chapters:
            assert len(chapter.steps) >= 3, chapter.id
            assert all(step.text for step in chapter.steps), chapter.id
            assert not chapter.plots, chapter.id
            for piece in pieces_of([chapter.steps, chapter.notes]):
                assert not isinstance(piece, wire.RunNumber), (chapter.id, piece)
                assert not (isinstance(piece, wire.Widget) and piece.kind != "shares"), (chapter.id, piece)
            # Where the camera stands, what is filled, marked and explained follows from the structure alone.
            for piece in pieces_of([chapter.tracks, chapter.marks, chapter.cards, chapter.copies, chapter.sweeps]):
                assert not isinstance(piece, wire.Cell), (chapter.id, piece)
        stops.add(number_of_stops(made.tour.chapters))
    assert len(stops) == 1
    assert min(stops) >= 40


@pytest.mark.parametrize("name", presets())
def test_tours_of_large_models_are_small_files(name: str) -> None:
    assert len(gzip.compress(tour_file(GUIDE, structure("preset", name), "de"))) <= 60_000


TOLD_OTHERWISE = [
    ("gpt-3", "what-it-does", "has its place here", True),
    ("gpt-3", "what-it-does", "Step", False),
    ("gpt-3", "self-attention", "your prompt", False),
    ("gpt-3", "key-value-cache", "tokens of the longest text", True),
    ("deepseek-v3", "experts", "Now the chosen experts work", True),
    ("gpt-oss-120b", "self-attention", "hands on nothing", True),
    ("gemma-2-9b", "self-attention", "sliding window", True),
    ("bert-base", "output", "one of them", True),
    ("t5-base", "two-lengths", "as wide as", True),
]
"""A preset, a chapter, words, and whether the chapter says them."""


@pytest.mark.parametrize(("name", "chapter", "words", "is_said"), TOLD_OTHERWISE, ids=lambda x: str(x)[:40])
def test_what_needs_a_run_is_told_otherwise_without(name: str, chapter: str, words: str, is_said: bool) -> None:
    assert (words in text_of(compile_tour(GUIDE, structure("preset", name)), chapter)) == is_said


def test_of_a_masked_prompt_the_hidden_place_is_told(tmp_path: Path) -> None:
    words = {"[MASK]": 0, **{f"w{i}": i for i in range(1, 13)}}
    tokenizer = Tokenizer(WordLevel(words, unk_token="w1"))
    tokenizer.pre_tokenizer = WhitespaceSplit()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    bare = model_named("bert: two segments")
    model = Model(bare.definition, read_tokenizer(tmp_path / "tokenizer.json", 13), bare.weights)
    made = compile_tour(GUIDE, model, strict=True)
    axes = {a.name: a for a in model.definition.axes}
    (first,) = (c for c in made.tour.chapters if c.id == "what-it-does")
    numbers = [p for p in pieces_of(first.steps[2].text) if isinstance(p, wire.RunNumber)]
    for prompt, place in (("w3 w4 [MASK] w5 [MASK]", 2), ("w3 w4 w5", 2), ("[MASK] w2 w2 w2", 0)):
        run = model.run(prompt)
        values = CellValues(run)
        told_place, there, best, chance = (values.value(formula_of(n.value, axes, model.tensors), {}) for n in numbers)
        assert (told_place, there) == (place, run.tokens[place])
        assert best == run["probs"][place].argmax()
        assert chance == pytest.approx(run["probs"][place].max())

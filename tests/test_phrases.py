"""What models say about themselves is said in every language that the page speaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tokenizers import Tokenizer, models
from tokenizers_made import byte_level

import cutaway
from cutaway import CutawayError, wire
from cutaway.budget import check_run_fits
from cutaway.bundle import bundle, to_json
from cutaway.catalogue import catalogue_file
from cutaway.load import presets
from cutaway.phrases import phrase_paths, phrases
from cutaway.server.site import Site
from cutaway.tour.guide import GUIDE
from cutaway.vocabulary import IdsOnly, Subwords

LANGUAGES = list(phrase_paths())


def texts(made: dict[str, Any]) -> Iterator[str]:
    """Every text of a bundle that the page shows for people to read; facts are names and years, too."""
    for kind in made["kinds"]:
        yield from (kind["label"], kind["name"])
    for model in made["models"]:
        yield from (model["description"], model["no_values"])
        for tensor in model["tensors"]:
            yield from (tensor["label"], tensor.get("about", ""))
        yield from labels(model["root"])
        yield from [*model["facts"], *model["sizes"], *model["traits"], *model["traits"].values()]
        yield from (part["label"] for part in model["parts"])
        for _group, _slot, _key, label, _layers, says, steps in model["stages"]:
            yield from [label, *says, *says.values(), *(step[1] for step in steps)]


def labels(module: dict[str, Any]) -> Iterator[str]:
    for inner in module.get("modules", []):
        yield inner["label"]
        yield from labels(inner)


@pytest.fixture(scope="module")
def said() -> set[str]:
    """By nano-gpt and by every model of the catalogue."""
    own = to_json(bundle([cutaway.load("nano-gpt")], capabilities=wire.Capabilities()))
    files = [own, *(catalogue_file(name) for name in presets())]
    return {part for file in files for text in texts(json.loads(file)) for part in text.split("; ")} - {""} | {
        text for text in texts(json.loads(own)) if text
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said(language: str, said: set[str]) -> None:
    known = phrases(language)
    patterns = [re.compile(re.escape(english).replace(r"\{\}", "[^;]+?")) for english in known if "{}" in english]
    whole = [english for english in known if ";" in english]
    parts = {part for english in whole for part in english.split("; ")}
    parted = [re.compile(re.escape(part).replace(r"\{\}", "[^;]+?")) for part in parts]
    missing = [
        text for text in sorted(said) if text not in known and not any(p.fullmatch(text) for p in [*patterns, *parted])
    ]
    assert missing == [], f"add them to src/cutaway/phrases/{language}.po"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_kept(language: str) -> None:
    for english, text in phrases(language).items():
        assert english.count("{}") == text.count("{}"), english


@pytest.mark.parametrize("language", LANGUAGES)
def test_tours_and_the_page_say_the_same(language: str) -> None:
    of_tours, of_page = GUIDE.texts(language).texts, phrases(language)
    differ = {english: (to, of_tours[english]) for english, to in of_page.items() if of_tours.get(english, to) != to}
    assert differ == {}


def refusals() -> Iterator[str]:
    """What the server says of prompts that it does not take."""
    model = cutaway.load("nano-gpt")
    ids = replace(model, vocabulary=IdsOnly(model.vocabulary.size))
    words = replace(model, vocabulary=Subwords(byte_level(), model.vocabulary.size))
    bare = Tokenizer(models.WordLevel({"a": 0}, unk_token="unknown"))
    for asked in (
        lambda: model.encode([0] * 50),
        lambda: model.encode([99]),
        lambda: ids.encode("ABC"),
        lambda: words.encode("the cat"),
        lambda: replace(model, vocabulary=Subwords(bare, model.vocabulary.size)).encode("b"),
        lambda: check_run_fits(cutaway.load("gpt2"), 1024),
        lambda: Site([model]).run(wire.RunRequest(model="another", text="A")),
    ):
        with pytest.raises(CutawayError) as caught:
            asked()
        yield str(caught.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_server_refuses_is_said_in_every_language(language: str) -> None:
    """The page finds the phrase by the English sentence, see ``client/src/state/phraseBook.ts``."""
    patterns = [re.compile(re.escape(english).replace(r"\{\}", "[^;]+?")) for english in phrases(language)]
    for sentence in refusals():
        assert any(p.fullmatch(sentence) for p in patterns), f"add it to src/cutaway/phrases/{language}.po: {sentence}"

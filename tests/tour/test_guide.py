"""The built-in tour: for this model and for others of its shape, in every language, within its limits."""

from __future__ import annotations

import gzip
import math
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

import cutaway
from cutaway import wire
from cutaway.architectures import gpt2
from cutaway.explain import CellValues
from cutaway.model import Model
from cutaway.tour import compile_tour
from cutaway.tour.files import read_tour, tour_file, write_new
from cutaway.tour.guide import GUIDE
from cutaway.tour.sample import bind, sample
from cutaway.vocabulary import Letters
from cutaway.wire_formula import formula_of

SIZES = [
    {"name": "two", "n_layer": 2, "n_head": 2, "n_embd": 8, "n_positions": 6, "vocab_size": 5},
    {"name": "small", "n_layer": 12, "n_head": 12, "n_embd": 768, "n_positions": 1024, "vocab_size": 50257},
]


@pytest.fixture(scope="module")
def nano() -> Model:
    return cutaway.load("nano-gpt")


def words(pieces: object) -> str:
    """All plain words of a text."""
    if isinstance(pieces, str):
        return pieces
    if isinstance(pieces, (list, tuple)):
        return "".join(map(words, pieces))
    return "".join(words(getattr(pieces, k)) for k in ("content",) if hasattr(pieces, k))


@pytest.mark.parametrize("language", GUIDE.languages)
def test_twelve_chapters_in_every_language(nano: Model, language: str) -> None:
    made = compile_tour(GUIDE, nano, language=language, strict=True)
    assert len(made.tour.chapters) == 12
    assert made.translations.missing == []
    for chapter in made.tour.chapters:
        assert len(chapter.steps) >= 4, chapter.id
        assert all(step.text for step in chapter.steps), chapter.id
        ends = [step.end for step in chapter.steps]
        assert ends == sorted(set(ends))
        assert any(len(t.times) > 1 for t in chapter.tracks)


def test_it_is_small_and_quick(nano: Model) -> None:
    assert len(gzip.compress(tour_file(GUIDE, nano, "en"))) <= 60_000
    compile_tour(GUIDE, nano)
    best = math.inf
    for _ in range(3):
        start = time.process_time()
        compile_tour(GUIDE, nano)
        best = min(best, time.process_time() - start)
    assert best <= 1.0


@pytest.mark.parametrize("config", SIZES, ids=lambda c: c["name"])
def test_other_sizes_are_told_as_such(config: dict) -> None:
    definition = gpt2.define(config)
    made = compile_tour(GUIDE, Model(definition, Letters("ABCDE")), strict=True)
    assert len(made.tour.chapters) == 12
    text = words([step.text for chapter in made.tour.chapters for step in chapter.steps])
    for key in ("n_embd", "n_head", "n_layer"):
        assert f"{config[key]:,}" in text


def test_every_number_can_be_worked_out(nano: Model) -> None:
    run = nano.run("CBABBC")
    values = CellValues(run)
    axes = {a.name: a for a in nano.definition.axes}

    def number(e: wire.Expr) -> float:
        return values.value(formula_of(e, axes, nano.tensors), {})

    for chapter in compile_tour(GUIDE, nano, strict=True).tour.chapters:
        tracks = bind(chapter, number)
        for step in chapter.steps:
            before, after = sample(tracks, step.end - 0.01), sample(tracks, step.end + 0.01)
            assert np.isfinite(before).all()
            for track, a, b in zip(tracks, before, after, strict=True):
                assert abs(a - b) <= 0.01 * (max(track.values) - min(track.values)), (chapter.id, track.channel)


def test_a_new_tour_compiles(nano: Model, tmp_path: Path) -> None:
    path = tmp_path / "my_tour.py"
    write_new(path)
    assert len(compile_tour(read_tour(path), nano, strict=True).tour.chapters) == 2
    with pytest.raises(cutaway.CutawayError, match="already"):
        write_new(path)
    path.write_text("def x(:\n")
    with pytest.raises(cutaway.CutawayError, match="line 1"):
        read_tour(path)


def test_the_example_compiles(nano: Model) -> None:
    made = compile_tour(read_tour(Path(__file__).parents[2] / "examples" / "one_letter.py"), nano, strict=True)
    assert len(made.tour.chapters) == 2
    assert msgspec.json.encode(made.tour)

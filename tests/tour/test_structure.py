"""Tours of models without values: what needs a run falls away, the rest is told."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

import cutaway
from cutaway import wire
from cutaway.tour import Attention, Block, Chapter, Compiled, Tour, TourError, chapter, compile_tour
from cutaway.tour.guide import GUIDE
from cutaway.tour.sentences import without_numbers

NUMBER = wire.RunNumber(wire.Const(1), "value")


def test_sentences_that_need_a_run_are_left_out() -> None:
    named = wire.Reference("tensor", "q", [], ["the query"])
    told = ["It has 3.5 cells. Here ", named, " is ", NUMBER, ". (See below.) ", wire.Emphasis(True, ["So it is"]), "."]
    assert without_numbers(told) == ["It has 3.5 cells. (See below.) ", wire.Emphasis(True, ["So it is"]), "."]
    assert without_numbers(["Only ", wire.Emphasis(False, [NUMBER]), "! Right?"]) == ["Right?"]
    assert without_numbers(["The score: ", wire.Reference("cells", "q", [0], [NUMBER]), "."]) == []


def test_a_formula_stands_for_itself() -> None:
    display = wire.Tex("x^2", display=True)
    assert without_numbers(["It is ", NUMBER, ".", display, " Then ", NUMBER]) == [display]


@pytest.fixture(scope="module")
def model() -> cutaway.Model:
    return cutaway.load("gpt-3")


@pytest.fixture
def compiled(model: cutaway.Model) -> Callable[..., Compiled]:
    """Compiles one chapter function for GPT-3, of which there are no values."""

    def compile_one(function: Callable[..., None]) -> Compiled:
        return compile_tour(Tour("test", "Test", [chapter("one", title="One")(function)]), model, strict=True)

    return compile_one


def text(step: wire.Step) -> str:
    return "".join(
        p for piece in step.text if isinstance(piece, wire.Paragraph) for p in piece.content if type(p) is str
    )


def test_stops_without_words_left_fall_away(compiled) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.say("A query.")
        c.play(attn.q.highlight())
        c.stop()
        c.say("It is {x}.", x=attn.q[0, 0, 0])
        c.play(attn.q.highlight(0))
        c.stop()
        c.say("It is {x}, among {T} tokens.", without="There is room for {P} tokens.", x=attn.q[0, 0, 0], P=c.longest)
        c.widget("softmax", attn.attn_scores[0, c.last, :])
        c.prompt()
        c.play(attn.k.highlight())

    (made,) = compiled(write).tour.chapters
    assert [text(step) for step in made.steps] == ["A query.", "There is room for  tokens."]
    assert [step.end for step in made.steps] == [1000, 3000]


def test_what_depends_on_a_value_is_not_pointed_at(compiled) -> None:
    def write(c: Chapter, block: Block) -> None:
        embed = c.model.embed
        column = c.source(embed[c.last, :], c.model.W_E)
        card, curve = c.card(embed[c.last, 0]), c.plot(block.mlp.post[0, 0], over=block.mlp.pre)
        c.say("A lookup.")
        c.play(column.highlight(), embed[c.last, 0].highlight(), card.appear(), curve.appear())
        c.play(c.camera.frame(column))
        c.dot(block.attn.q[c.last, 0, 0], seconds=2)
        c.note("Token {t:token}", at=embed[0, 0], t=c.model.tokens.tensor[0])

    (made,) = compiled(write).tour.chapters
    assert next(m.tensor for m in made.marks) == "embed"
    assert "W_E" not in [m.tensor for m in made.marks]
    assert len(made.cards) == 1
    assert not made.plots
    assert not made.copies
    assert not made.notes
    camera = [t for t in made.tracks if "camera" in made.groups[t.group]]
    assert camera
    assert all(isinstance(v, (int, float)) for t in camera for v in t.values)


def test_a_tour_of_nothing_but_numbers_says_so(model: cutaway.Model) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.say("The score is {x}.", x=attn.attn_scores[0, 0, 0])
        c.stop()

    with pytest.raises(TourError, match=r"nothing of the tour 'test' can be told of gpt-3: .*numbers of a run only"):
        compile_tour(Tour("test", "Test", [chapter("one", title="One")(write)]), model, strict=True)


def test_what_is_done_to_everything_is_written_in_a_few_words(compiled) -> None:
    def write(c: Chapter, block: Block) -> None:
        c.say("One head.")
        c.play(block.attn.q.head(3).others.opacity(0.1))

    (made,) = compiled(write).tour.chapters
    (faded,) = (made.groups[t.group] for t in made.tracks if t.channel == "opacity")
    assert {"blocks.0.attn.q#0-2", "blocks.0.attn.q#4-95", "blocks.*.attn.q@1-95", "blocks.*.attn.k"} <= set(faded)
    assert sum(map(len, faded)) < 3000


def test_a_stop_at_which_nothing_has_changed_belongs_to_the_one_before(compiled) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.say("A query.")
        c.play(attn.q.highlight())
        c.stop()
        c.say("And a wave.")
        c.play(c.flow(attn.q, attn.attn_scores))
        c.stop()
        c.say("A key.")
        c.play(attn.k.highlight())
        c.stop()

    (made,) = compiled(write).tour.chapters
    assert [text(step) for step in made.steps] == ["A query.And a wave.", "A key."]
    assert [step.end for step in made.steps] == [2000, 3000]


def test_what_a_product_is_made_of_is_lit_until_the_next_step(compiled) -> None:
    def write(c: Chapter, block: Block) -> None:
        c.say("A dot product.")
        c.dot(block.attn.q[c.last, 0, 0], seconds=2)
        c.stop()
        c.say("Another one.")
        c.play(block.attn.k.highlight(), seconds=1)

    (made,) = compiled(write).tour.chapters
    first, second = (step.end for step in made.steps)
    lit = [t for t in made.tracks if any(name.startswith("mark") for name in made.groups[t.group])]
    assert lit
    for track in lit:
        assert max(t for t, v in zip(track.times, track.values, strict=True) if v == 1) >= first
        assert (track.times[-1], track.values[-1]) == (first + 400, 0)
    assert second == first + 1000


def _views(tour: wire.Tour, id: str) -> list[tuple[float, float]]:
    """Width and height of what the camera shows at each stop of a chapter."""
    chapter = next(each for each in tour.chapters if each.id == id)
    tracks = {t.channel: t for t in chapter.tracks if "camera" in chapter.groups[t.group]}

    def at(channel: str, time: int) -> float:
        t = tracks[channel]
        value = [v for when, v in zip(t.times, t.values, strict=True) if when <= time][-1]
        assert isinstance(value, (int, float))
        return math.exp(value)

    return [(at("width", step.end), at("height", step.end)) for step in chapter.steps]


@pytest.mark.parametrize("name", ["llama-3.1-8b", "gpt-3"])
def test_tables_of_a_large_vocabulary_do_not_make_all_else_a_thread(name: str) -> None:
    model = cutaway.load(name).within(1024)
    tour, width = compile_tour(GUIDE, model, strict=True).tour, model.definition.tensors["embed"].axes[-1].size
    for id, stops in (("embedding", slice(1, 4)), ("softmax", slice(None)), ("output", slice(0, 4))):
        for seen in _views(tour, id)[stops]:
            assert max(seen) < 5 * width, id
    assert max(_views(tour, "embedding")[-1]) < 5 * width
    first, _ = _views(tour, "tokens-vectors-parameters")[0]
    assert first < 40  # so that a token is seen to be a cell


@pytest.mark.parametrize(
    ("name", "id", "middle"), [("gpt-3", "self-attention", 1024), ("t5-base", "cross-attention", 256)]
)
def test_the_masked_part_of_a_column_is_left_dark(name: str, id: str, middle: int) -> None:
    tour = compile_tour(GUIDE, cutaway.load(name), strict=True).tour
    marks = next(each for each in tour.chapters if each.id == id).marks
    assert [0, middle, wire.Span(0, middle + 1)] in [m.index for m in marks if m.tensor.endswith("attn_scores")]

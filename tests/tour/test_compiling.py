"""Compiling chapters: what is recorded, and what is said of an author's mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cutaway
from cutaway import wire
from cutaway.tour import Attention, Block, Chapter, MissingPart, Tour, TourError, chapter, compile_tour
from cutaway.tour.blocks import target_of
from cutaway.tour.groups import expanded, shortened
from cutaway.tour.places import Places
from cutaway.tour.sample import bind, duration, sample, stops
from cutaway.tour.slabs import Partition, Slabs
from cutaway.tour.timeline import Group

HERE = Path(__file__).name


@pytest.fixture(scope="module")
def model() -> cutaway.Model:
    return cutaway.load("nano-gpt")


@pytest.fixture
def compiled(model: cutaway.Model) -> Callable[..., wire.Chapter]:
    """Compiles one chapter function."""

    def compile_one(function: Callable[..., None]) -> wire.Chapter:
        return compile_tour(
            Tour("test", "Test", [chapter("one", title="One")(function)]), model, strict=True
        ).tour.chapters[0]

    return compile_one


def track(made: wire.Chapter, target: str, channel: str) -> wire.Track:
    """The one track of a channel that a target is in."""
    found = [t for t in made.tracks if t.channel == channel and target in made.groups[t.group]]
    assert len(found) == 1
    return found[0]


def test_a_clip_starts_from_where_the_last_one_ended(compiled) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.play(attn.q.opacity(0.5), seconds=1)
        c.wait(0.5)
        c.play(attn.q.opacity(0.2), seconds=0.25, ease="linear")

    made = compiled(write)
    t = track(made, "blocks.0.attn.q", "opacity")
    assert (t.times, t.values) == ([0, 1000, 1500, 1750], [1, 0.5, 0.5, 0.2])
    assert t.eases[1::2] == ["smooth", "linear"]
    assert duration(made) == 1750
    assert stops(made) == [1750]


def test_a_scope_is_undone_but_not_what_was_filled_nor_the_camera(compiled) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        with c.scope(seconds=0.5):
            c.play(attn.q.opacity(0.5), attn.k.sweep("column"), c.camera.frame(attn.q))
        c.stop()

    made = compiled(write)
    assert track(made, "blocks.0.attn.q", "opacity").values == [1, 0.5, 1]
    assert track(made, "blocks.0.attn.k", "rest").values == [0, 16]
    assert len(track(made, "camera", "x").times) == 2


def test_what_is_swept_is_empty_at_first(compiled) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.play(attn.q.sweep(token=c.last, head=1))
        c.play(attn.q.head(1).sweep("row"))

    made = compiled(write)
    assert track(made, "blocks.0.attn.q#1", "first").values == [0, 16]
    assert [s.by for s in made.sweeps] == ["row"]
    assert made.sweeps[0].column == wire.Apply("-", [wire.Size("t"), wire.Const(1)])


def test_what_is_not_filled_stays_empty(compiled) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.play(attn.q.sweep(token=c.last, head=1, cells=1))

    made = compiled(write)
    assert track(made, "blocks.0.attn.q#1", "first").values == [0, 1]
    assert track(made, "blocks.0.attn.q#1", "rest").values == [0]


def test_numbers_of_the_run_wait_for_it(compiled, model: cutaway.Model) -> None:
    def write(c: Chapter, attn: Attention) -> None:
        c.play(attn.attn_scores.sweep("column", head=0), c.camera.frame(attn.pattern[0, c.last, 2]))

    made = compiled(write)
    t = track(made, "blocks.0.attn.attn_scores#0", "rest")
    assert t.values == [0, wire.Size("t")]
    tracks = bind(made, lambda e: 6.0)
    assert sample(tracks, 1000)[[x.channel for x in tracks].index("rest")] == 6


def test_parts_are_asked_for_by_kind(compiled) -> None:
    def write(c: Chapter, block: Block) -> None:
        c.say("{a} {b} {n}", a=block.attn.q, b=block.attention, n=block.norms[0])
        assert block.attn is block.attention
        assert c.model.blocks[1].mlp.post.name == "blocks.1.mlp.post"
        assert c.model.logits.name == "logits"

    refs = [x for x in compiled(write).steps[0].text[0].content if isinstance(x, wire.Reference)]
    assert [(r.what, r.name) for r in refs] == [
        ("tensor", "blocks.0.attn.q"), ("module", "blocks.0.attn"), ("module", "blocks.0.ln1")
    ]  # fmt: skip


def overlapping(c: Chapter, attn: Attention) -> None:
    c.play(attn.q.opacity(0.5), (attn.q | attn.k).opacity(0.2).after(0.5), seconds=1)


def unknown_tensor(c: Chapter, attn: Attention) -> None:
    c.play(attn.atn_scores.opacity(0.5))


def unknown_reference(c: Chapter) -> None:
    c.say("See {query}.")


def several_cells(c: Chapter, attn: Attention) -> None:
    c.say("It is {x}.", x=attn.q[0, 0, :])


def outside(c: Chapter, attn: Attention) -> None:
    c.play(attn.q[0, 7, 0].highlight())


def too_few(c: Chapter, attn: Attention) -> None:
    c.play(attn.q[0, 7].highlight())


def no_ribbon(c: Chapter, attn: Attention) -> None:
    c.play(c.flow(attn.z, attn.q))


def no_kind(c: Chapter, part: int) -> None: ...


def silence(c: Chapter) -> None:
    c.stop()


def late(c: Chapter, attn: Attention) -> None:
    c.play(attn.q.opacity(0.5))
    c.begin(attn.q.opacity(1))


def a_mistake_in_python(c: Chapter) -> None:
    c.say("The number is {n}.", n=[1, 2][3])


def two_orders(c: Chapter, attn: Attention) -> None:
    c.play(attn.q.sweep("row"))
    c.play(attn.q.sweep("column"))


def no_sum(c: Chapter, attn: Attention) -> None:
    c.dot(attn.pattern[0, 0, 0])


@pytest.mark.parametrize(
    ("function", "error", "says"),
    [
        (overlapping, TourError, ["opacity of blocks.0.attn.q#0", "0.00 s to 1.00 s", "0.50 s to 1.50 s"]),
        (unknown_tensor, MissingPart, ["blocks.0.attn", "'atn_scores'", "Did you mean"]),
        (unknown_reference, TourError, ["{query}", "no references"]),
        (several_cells, TourError, ["blocks.0.attn.q[0, 0, :]", "several cells"]),
        (outside, TourError, ["head runs from 0 to 2", "7"]),
        (too_few, TourError, ["takes 3 indices, got 2"]),
        (no_ribbon, TourError, ["from blocks.0.attn.z to blocks.0.attn.q", "near them"]),
        (no_kind, TourError, ["'part'", "Attention"]),
        (silence, TourError, ["nothing is said or played"]),
        (late, TourError, ["begin()"]),
        (a_mistake_in_python, TourError, ["IndexError"]),
        (two_orders, TourError, ["by row", "by column"]),
        (no_sum, TourError, ["no sum of products"]),
    ],
)
def test_mistakes_are_told_with_chapter_file_and_line(compiled, function: Any, error: type, says: list[str]) -> None:
    with pytest.raises(error) as caught:
        compiled(function)
    message = str(caught.value)
    for part in ["'one'", HERE, *says]:
        assert part in message
    first = function.__code__.co_firstlineno
    last = max(line for _, _, line in function.__code__.co_lines() if line)
    assert any(f"line {n}" in message for n in range(first, last + 1))


def test_a_chapter_about_what_a_model_lacks_is_left_out(model: cutaway.Model) -> None:
    def fine(c: Chapter) -> None:
        c.say("Fine.")

    tour = Tour("test", "Test", [chapter("a", title="A")(unknown_tensor), chapter("b", title="B")(fine)])
    made = compile_tour(tour, model)
    assert [c.id for c in made.tour.chapters] == ["b"]
    assert "atn_scores" in made.left_out["a"]


def test_groups_are_written_shortly_and_mean_the_same(model: cutaway.Model) -> None:
    from cutaway.layout import scene_of

    places = Places(model.definition, scene_of(model.definition))
    every = [target_of(b, k) for b in places.blocks.values() for k in range(b.slabs)]
    whole = [places.slabs_of(name) for name in places.blocks]
    pieces = [places.piece_of(name, k, k + 1) for name, b in places.blocks.items() for k in range(b.slabs)]
    for slabs, targets in ((whole, every), (pieces[::2], every[::2]), (pieces[3:60], every[3:60])):
        short = shortened(Group(("camera", "copy 0"), Slabs.joined(slabs)), places)
        assert len(short) <= len(targets) + 2
        assert sorted(expanded(short, places)) == sorted(["camera", "copy 0", *targets])
    declared = {b.tensor.declared.name for b in places.blocks.values()}
    assert set(shortened(Group(slabs=Slabs.joined(whole)), places)) == declared


def test_a_tour_needs_chapters_with_different_names() -> None:
    with pytest.raises(TourError, match="no chapters"):
        Tour("test", "Test", [])
    with pytest.raises(TourError, match="two chapters are named a"):
        Tour("test", "Test", [chapter("a", title="A")(silence), chapter("a", title="B")(silence)])
    with pytest.raises(TourError, match="single hyphens"):
        chapter("self attention", title="Self-attention")


def test_slabs_are_told_apart_where_they_are_treated_apart() -> None:
    classes: Partition[list[str]] = Partition()
    attn, mlp = Slabs({"attn": 0b1111}), Slabs({"mlp": 0b11})

    def did(slabs: Slabs, what: str) -> None:
        for _, each in classes.of(slabs, new=list, copy=lambda before: [*before]):
            each.append(what)

    did(attn | mlp, "faded")
    did(Slabs({"attn": 0b0110}), "lit")
    did(attn - Slabs({"attn": 0b0010}), "shown")
    assert {(tuple(slabs.bits.items()), *done) for slabs, done in classes} == {
        ((("mlp", 0b11),), "faded"),
        ((("attn", 0b0010),), "faded", "lit"),
        ((("attn", 0b0100),), "faded", "lit", "shown"),
        ((("attn", 0b1001),), "faded", "shown"),
    }

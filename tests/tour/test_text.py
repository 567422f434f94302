"""Text of chapters: Markdown, references, and other languages."""

from __future__ import annotations

from pathlib import Path

import pytest

import cutaway
from cutaway import wire
from cutaway.tour import Attention, Chapter, Tour, TourError, chapter, compile_tour
from cutaway.tour.translations import normal, read, written


@pytest.fixture(scope="module")
def model() -> cutaway.Model:
    return cutaway.load("nano-gpt")


def text_of(model: cutaway.Model, words: str) -> list[wire.Piece]:
    def write(c: Chapter, attn: Attention) -> None:
        c.say(words, q=attn.q, p=attn.pattern[0, c.last, 1], n=12345, two=2.5, name="c_attn")

    return (
        compile_tour(Tour("t", "T", [chapter("c", title="C")(write)]), model, strict=True)
        .tour.chapters[0]
        .steps[0]
        .text
    )


def test_markdown(model: cutaway.Model) -> None:
    assert text_of(model, "a **b *c*** `d` $e_{f}$\n\n- one\n- two") == [
        wire.Paragraph(
            [
                "a ",
                wire.Emphasis(True, ["b ", wire.Emphasis(False, ["c"])]),
                " ",
                wire.Code("d"),
                " ",
                wire.Tex("e_{f}", False),
            ],
            False,
        ),
        wire.Paragraph(["one"], True),
        wire.Paragraph(["two"], True),
    ]  # fmt: skip


def test_references_and_numbers(model: cutaway.Model) -> None:
    last = wire.Apply("-", [wire.Size("t"), wire.Const(1)])
    (paragraph,) = text_of(model, "{q} {q|the queries} {p:percent} {n} {two} {C} {L} {T}")
    assert isinstance(paragraph, wire.Paragraph)
    assert [x for x in paragraph.content if x != " "] == [
        wire.Reference("tensor", "blocks.0.attn.q", [], ["query"]),
        wire.Reference("tensor", "blocks.0.attn.q", [], ["the queries"]),
        wire.Reference(
            "cells",
            "blocks.0.attn.pattern",
            [0, last, 1],
            [wire.RunNumber(wire.Cell("blocks.0.attn.pattern", [wire.Const(0), last, wire.Const(1)]), "percent")],
        ),
        "12,345",
        "2.5",
        wire.Reference("axis", "channel", [], ["48"]),
        "3",
        wire.Reference("axis", "token", [], [wire.RunNumber(wire.Size("t"), "count")]),
    ]  # fmt: skip


def test_the_formula_of_a_tensor(model: cutaway.Model) -> None:
    (paragraph,) = text_of(model, "{q:formula}")
    assert isinstance(paragraph, wire.Paragraph)
    (formula,) = paragraph.content
    assert isinstance(formula, wire.Tex)
    assert formula.display
    assert formula.latex.startswith("{q}_{t,h,a} = ")


def test_names_in_code_are_filled_in(model: cutaway.Model) -> None:
    assert text_of(model, "`{name}.weight`") == [wire.Paragraph([wire.Code("c_attn.weight")], False)]


@pytest.mark.parametrize("words", ["{nothing}", "{p:hex}", "{n:formula}", "`{nothing}`", "`{n}`"])
def test_what_does_not_resolve_is_an_error(model: cutaway.Model, words: str) -> None:
    with pytest.raises(TourError, match=r"chapter 'c' .*test_text.py, line \d+"):
        text_of(model, words)


def speaking(c: Chapter, attn: Attention) -> None:
    c.say("The {q} of\n  {n} cells.", q=attn.q, n=12345)
    c.say("Not yet.")


GERMAN = """
msgid "One"
msgstr "Eins"

# said first
msgid ""
"The {q} of "
"{n} cells."
msgstr "{n} Zellen der {q|Anfrage}."

msgid "Old."
msgstr "Alt."
"""


def test_another_language_is_a_file(model: cutaway.Model, tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(GERMAN, "utf-8")
    tour = Tour("t", "T", [chapter("c", title="One")(speaking)], translations=tmp_path)
    assert tour.languages == ["en", "de"]
    made = compile_tour(tour, model, language="de", strict=True)
    (one,) = made.tour.chapters
    assert one.title == "Eins"
    assert one.steps[0].text[0] == wire.Paragraph(
        ["12.345", " Zellen der ", wire.Reference("tensor", "blocks.0.attn.q", [], ["Anfrage"]), "."], False
    )
    assert "Not yet." in made.translations.missing
    assert made.translations.unused == ["Old."]


def test_po_files_come_back_as_they_were_written(tmp_path: Path) -> None:
    texts = {"a": "b", 'with "quotes" and\n\nparagraphs ' + "long " * 60: "ä\\b", "c": ""}
    path = tmp_path / "xx.po"
    path.write_text(written(texts.items()), "utf-8")
    assert read(path, "xx").texts == {normal(k): v for k, v in texts.items()}


def test_a_damaged_po_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "xx.po"
    path.write_text('msgid "a"\nmsgstr b\n', "utf-8")
    with pytest.raises(TourError, match="line 2"):
        read(path, "xx")
    path.write_text('msgid "a"\nnonsense\n', "utf-8")
    with pytest.raises(TourError, match="line 2"):
        read(path, "xx")

"""The tour in exports, and an author's own while it is being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect
from screen import PHONE, Screen
from touring import PLAY_MS, at, expect_moment, shown, tour_of

import cutaway
from cutaway import Model
from cutaway.server import listen
from cutaway.server.app import application
from cutaway.server.site import Site
from cutaway.tour.files import write_new

Open = Callable[..., Screen]
EXAMPLE = Path(__file__).parents[2] / "examples" / "one_letter.py"
MOMENT = at("self-attention", 3.5)


def test_in_an_exported_folder(open_screen: Open, site: str) -> None:
    screen = open_screen(MOMENT, url=site)
    expect_moment(screen, "self-attention", 3.5)
    screen.part("tour-language").select_option("de")
    expect(screen.page.locator("section.now")).to_contain_text("Skalarprodukt")


def test_in_a_single_file(open_screen: Open, nano: Model, tmp_path: Path) -> None:
    path = tmp_path / "nano gpt.html"
    cutaway.export(path, nano, single_file=True)
    screen = open_screen(MOMENT, url=path.as_uri())
    expect_moment(screen, "self-attention", 3.5)
    expect(screen.page.locator("section.now .number").first).not_to_be_empty()
    screen.part("tour-language").select_option("de")
    expect(screen.page.locator("section.now")).to_contain_text("Skalarprodukt")


def test_the_way_in_on_a_phone(open_screen: Open) -> None:
    screen = open_screen(viewport=PHONE, has_touch=True)
    screen.part("open-tour").tap()
    expect(screen.part("tour")).to_have_attribute("data-chapter", "what-it-does")


@contextmanager
def served(model: Model, tour: Path) -> Iterator[str]:
    """Where a model is shown with a tour of an author's, as ``cutaway view --tour`` does it."""
    socket = listen.listening_socket(listen.DEFAULT_HOST, None)
    server = listen.BackgroundServer(application(Site([model], tour=tour)), socket)
    yield listen.url_of(socket, listen.DEFAULT_HOST, None)
    server.close()


@pytest.fixture
def author(nano: Model, tmp_path: Path, servers: ExitStack) -> tuple[Path, str]:
    """A new file of an author's, and where it is shown."""
    path = tmp_path / "my_tour.py"
    write_new(path, title="Mine")
    return path, servers.enter_context(served(nano, path))


def test_the_example_plays(open_screen: Open, nano: Model, servers: ExitStack) -> None:
    url = servers.enter_context(served(nano, EXAMPLE))
    screen = open_screen(url=url, reduced_motion="no-preference")
    screen.part("open-tour").click()
    tour = screen.part("tour")
    expect(tour).to_have_attribute("data-chapter", "one-column")
    expect(tour).to_have_attribute("data-playing", "true")
    expect(tour).to_have_attribute("data-playing", "false", timeout=PLAY_MS)
    expect(tour.locator("section.now")).to_contain_text("48")
    screen.page.keyboard.press("n")
    screen.part("tour-play").click()
    expect(screen.part("tour-card")).to_have_attribute("data-tensor", "probs", timeout=PLAY_MS)
    expect(tour).to_have_attribute("data-playing", "false", timeout=PLAY_MS)


def test_a_file_is_shown_as_it_is_saved_and_its_mistakes_with_their_line(
    open_screen: Open, author: tuple[Path, str]
) -> None:
    path, url = author
    screen = open_screen(at("first-look", 1.5), url=url)
    now = screen.page.locator("section.now")
    expect(now).to_contain_text("This is the")
    written = path.read_text("utf-8")
    path.write_text(written.replace("This is the", "Behold the"), "utf-8")
    expect(now).to_contain_text("Behold the")
    expect_moment(screen, "first-look", 1.5)

    line = next(n for n, text in enumerate(written.splitlines(), start=1) if "stream.others.opacity" in text)
    path.write_text(written.replace("stream.others.opacity", "stream.others.opacty"), "utf-8")
    notice = screen.page.get_by_text(f"my_tour.py, line {line}")
    expect(notice).to_contain_text("opacty")
    expect(now).to_contain_text("Behold the")
    screen.complaints.clear()  # the browser tells of the answer that carries the mistake

    path.write_text(written.replace("This is the", "Once more: the"), "utf-8")
    expect(now).to_contain_text("Once more")
    expect(notice).to_have_count(0)
    screen.complaints.clear()


@pytest.mark.parametrize("at_home", [True, False], ids=["alone", "beside another model"])
def test_a_model_without_values_is_toured_in_words_that_need_none(
    open_screen: Open, address: str, at_home: bool, servers: ExitStack
) -> None:
    shown_alone = servers.enter_context(cutaway.show(cutaway.load("gpt2"), open_browser=False))
    url = shown_alone.url if at_home else address
    tour = tour_of(url, "gpt2/tours/guide.en.json")
    (chapter,) = (c for c in tour["chapters"] if c["id"] == "self-attention")
    asked, searched = (step["end"] / 1000 for step in chapter["steps"][1:5:3])
    screen = open_screen(f"model=gpt2&{at('self-attention', asked)}", url=url)
    expect_moment(screen, "self-attention", asked)
    expect(screen.page.locator("section.now")).to_contain_text("768 products are added up")
    expect(screen.page.locator("[data-testid=tour] .number")).to_have_count(0)
    card = screen.part("tour-card")
    expect(card).to_have_attribute("data-index", "1023,0,0")
    expect(card).not_to_contain_text("no value")
    before = shown(screen)[-7:]
    screen.page.evaluate("hash => (location.hash = hash)", f"#model=gpt2&{at('self-attention', searched)}")
    expect_moment(screen, "self-attention", searched)
    assert shown(screen)[-7:] != before
    # One head of one layer of 12: scores of 1024 tokens with as many fill much of the window.
    cell = {"tensor": "blocks.0.attn.attn_scores", "index": [0, 0, 0]}
    assert 0.05 < screen.page.evaluate("(cell) => cutaway.view.cellSize(cell)", cell) < 1
    screen.part("tour-language").select_option("de")
    expect(screen.page.locator("section.now")).to_contain_text("Skalarprodukt")

"""The page looks as it is meant to: pictures of some views against those in git.

A failure leaves ours, the reference and their difference side by side in ``out/gallery``. Where a change of looks was
meant: ``python tests/browser/gallery.py``, and look at them before they are committed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from comparing import MOST, difference, write_report
from gallery import COLOURS, FOLDER, VIEWS, WINDOW, View, open_view, reference, take, why_not_comparable
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Route
from screen import Screen

import cutaway
from cutaway import Model

REPORTS = Path(__file__).parents[2] / "out" / "gallery"


@pytest.fixture(scope="module")
def gallery_address(nano: Model) -> Any:
    """The built-in model as the command serves it: its first run is the browser's."""
    with cutaway.show(nano, open_browser=False) as shown:
        yield shown.url


@pytest.fixture(scope="module", autouse=True)
def comparable(browser: Browser, gallery_address: str) -> None:
    screen = open_view(browser, gallery_address, VIEWS["nano-light"])
    reason = why_not_comparable(screen.page)
    screen.page.context.close()
    if reason:
        pytest.skip(reason)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_it_is_meant_to(browser: Browser, gallery_address: str, name: str) -> None:
    screen = open_view(browser, gallery_address, VIEWS[name])
    ours = take(screen, VIEWS[name])
    screen.page.context.close()
    meant = Image.open(reference(name))
    found = difference(ours, meant)
    report = REPORTS / f"{name}.png"
    report.unlink(missing_ok=True)
    if not found.is_alike:
        write_report(report, ours, meant, found)
    assert found.is_alike, f"{name} differs by {found.most:.3f} (at most {MOST}) around {found.at}; see {report}"
    assert screen.complaints == []


def test_every_picture_in_git_is_of_a_view_and_all_are_small() -> None:
    kept = {path.stem: path for path in FOLDER.glob("*.png")}
    assert set(kept) == set(VIEWS)
    assert sum(path.stat().st_size for path in kept.values()) < 1_000_000
    for path in kept.values():
        assert len(Image.open(path).getcolors(256) or ()) <= COLOURS


def test_a_pixel_of_shift_and_another_way_to_smooth_are_forgiven() -> None:
    for name in VIEWS:
        picture = Image.open(reference(name)).convert("RGB")
        assert difference(picture, picture).most == 0
        assert difference(ImageChops.offset(picture, 1, 1).crop((1, 1, *picture.size)), _cropped(picture)).is_alike
        width, height = picture.size
        blurred = picture.resize((width * 2 // 3, height * 2 // 3)).resize(picture.size)
        assert difference(blurred, picture).is_alike, name


def _cropped(picture: Image.Image) -> Image.Image:
    return picture.crop((1, 1, *picture.size))


Change = Callable[[dict[str, Any]], None]
Theme = Literal["light", "dark"]


def _without_a_label(model: dict[str, Any]) -> None:
    """The name over one matrix of a layer."""
    tensor = next(t for t in model["tensors"] if t["name"] == "blocks.*.mlp.W_in")
    tensor["label"] = " "


def _without_a_matrix(model: dict[str, Any]) -> None:
    model["scene"]["boxes"] = [b for b in model["scene"]["boxes"] if b["tensor"] != "blocks.*.mlp.W_in"]


def _in_another_colour(model: dict[str, Any]) -> None:
    tensor = next(t for t in model["tensors"] if t["name"] == "blocks.*.mlp.post")
    tensor["role"] = "statistic"


NEAR = {"tensor": "blocks.1.mlp.pre"}


def _near(browser: Browser, url: str, theme: Theme, change: Change | None = None) -> Image.Image:
    """A part of the page, of a bundle that was changed on its way."""

    def changed(route: Route) -> None:
        answer = route.fetch()
        bundle = answer.json()
        assert change is not None
        change(bundle["models"][0])
        route.fulfill(response=answer, body=json.dumps(bundle))

    context = browser.new_context(viewport=WINDOW, reduced_motion="reduce", color_scheme=theme)
    page = context.new_page()
    if change is not None:
        page.route("**/bundle.json", changed)
    screen = Screen(page, url)
    screen.open()
    picture = take(screen, View("", fly=NEAR))
    context.close()
    return picture


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_missing_is_noticed(browser: Browser, gallery_address: str, theme: Theme) -> None:
    """The page with one thing less is unlike the page, by the measure and at the threshold that are used above."""
    whole = _near(browser, gallery_address, theme)
    assert difference(_near(browser, gallery_address, theme), whole).most <= MOST / 10
    for change in (_without_a_label, _without_a_matrix, _in_another_colour):
        found = difference(_near(browser, gallery_address, theme, change), whole)
        assert found.most > 1.5 * MOST, f"{change.__name__}: {found.most:.3f} around {found.at}"

"""A real browser on the real server with the real model, drawing WebGL2 in software."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chromium import NO_WEBGL, QUIET, SOFTWARE_WEBGL2, find_chromium
from hosting import hosted
from playwright.sync_api import Browser, Playwright, sync_playwright
from screen import DESKTOP, Screen

import cutaway
from cutaway import Model, Run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address(nano_run: Run) -> Iterator[str]:
    """Where the built-in model is served, with a run of Python's: what the page says is held to it digit by digit."""
    if not (Path(cutaway.__file__).parent / "static" / "index.html").is_file():
        pytest.fail("the page has not been built; run `make test-browser`, or `python hatch_build.py` first")
    with cutaway.show(nano_run, open_browser=False) as shown:
        yield shown.url


@pytest.fixture(scope="session")
def site(nano: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the exported page is, below the root of its host."""
    folder: Path = tmp_path_factory.mktemp("host")
    cutaway.export(folder / "some" / "where", nano)
    with hosted(folder) as url:
        yield f"{url}some/where/"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


def launch(playwright: Playwright, flags: list[str]) -> Browser:
    return playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *flags])


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    made = launch(playwright, SOFTWARE_WEBGL2)
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser_without_webgl(playwright: Playwright) -> Iterator[Browser]:
    made = launch(playwright, NO_WEBGL)
    yield made
    made.close()


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    """What a test serves of its own: ``url = servers.enter_context(hosted(folder))``.

    `open_screen` asks for it, so that the windows close before the servers: a page that is open goes on asking.
    """
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def open_screen(browser: Browser, address: str, servers: ExitStack) -> Iterator[Callable[..., Screen]]:
    """Opens the page in a window of its own: ``open_screen("cell=...", viewport=PHONE, has_touch=True)``.

    At the end no window has reported an error of its own making.
    """
    screens: list[Screen] = []

    def open_one(fragment: str = "", *, browser: Browser = browser, url: str = address, **context) -> Screen:
        options = {"viewport": DESKTOP, "reduced_motion": "reduce", "color_scheme": "light", **context}
        made = Screen(browser.new_context(**options).new_page(), url)
        screens.append(made)
        made.open(fragment)
        return made

    yield open_one
    for screen in screens:
        screen.page.context.close()
    complaints = [line for screen in screens for line in screen.complaints]
    assert not complaints, complaints


@pytest.fixture(scope="module")
def shared(browser: Browser, address: str) -> Iterator[Screen]:
    """One window for the tests of a file that leave nothing behind."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce", color_scheme="light")
    made = Screen(context.new_page(), address)
    made.open()
    yield made
    context.close()
    assert not made.complaints, made.complaints

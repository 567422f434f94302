"""Take the pictures of the documentation again, from the real page: ``make pictures``."""

from __future__ import annotations

from pathlib import Path

from chromium import QUIET, SOFTWARE_WEBGL2, find_chromium
from playwright.sync_api import sync_playwright
from screen import DESKTOP, Screen

import cutaway

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = {
    "cutaway.png": "",
    "explanation.png": "cell=blocks.0.attn.attn_scores:0,4,2",
}
"""File to the address of the view."""


def main() -> None:
    with (
        cutaway.show(cutaway.load("nano-gpt"), open_browser=False) as shown,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *SOFTWARE_WEBGL2])
        for name, fragment in PICTURES.items():
            context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce", color_scheme="light")
            screen = Screen(context.new_page(), shown.url)
            screen.open(fragment)
            screen.rest(2.0)
            screen.page.screenshot(path=DOCS / name)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()

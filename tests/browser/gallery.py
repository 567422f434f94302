"""The gallery: views whose pictures are kept in git, and compared by `test_gallery.py`.

``python tests/browser/gallery.py [NAME...]`` takes them again; ``--add`` those only that are not there yet. Look at
what git then calls changed: these pictures say how the page is meant to look.
"""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chromium import QUIET, SOFTWARE_WEBGL2, find_chromium
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from screen import PHONE, Screen

import cutaway

FOLDER = Path(__file__).parent / "gallery"
MADE_WITH = FOLDER / "made-with.json"
"""Of which renderer the pictures are, and how wide its letters."""

WINDOW: ViewportSize = {"width": 900, "height": 560}
COLOURS = 256
"""Of a picture in git: cells of one kind have one hue, so that a palette is enough."""
MOST_TRIES = 60
PAUSE_MS = 250


@dataclass(frozen=True, slots=True)
class View:
    """``fragment``: its address; ``awaits``: an element that is there once everything has come; ``fly``: where to go
    then, as ``cutaway.view.flyTo`` takes it."""

    fragment: str
    models: int = 1
    awaits: str | None = None
    fly: dict[str, Any] | None = None
    dark: bool = False
    viewport: ViewportSize | None = None


FORMULA = "[data-testid=pinned-card] [data-testid=formula-numbers] .katex"

VIEWS: dict[str, View] = {
    "nano-light": View(""),
    "nano-dark": View("", dark=True),
    "nano-near": View("cell=blocks.1.attn.pattern:1,4,2", awaits=FORMULA, fly={"tensor": "blocks.1.attn.pattern"}),
    "tour-attention": View("chapter=self-attention&t=9", awaits="[data-testid=tour][data-chapter=self-attention]"),
    "phone-explanation": View("cell=blocks.0.attn.attn_scores:0,4,2", awaits=FORMULA, viewport=PHONE),
    "three-models": View("model=nano-gpt&with=gpt2-xl,gpt-3", models=3),
    "layer-of-gpt-3": View("model=gpt-3", fly={"module": "blocks.5", "layer": 5}),
    "layer-of-experts": View("model=mixtral-8x7b", fly={"module": "blocks.3.mlp", "layer": 3}, dark=True),
}

RENDERER = """() => {
  const gl = document.createElement('canvas').getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const letters = document.createElement('canvas').getContext('2d');
  letters.font = `20px ${getComputedStyle(document.body).fontFamily}`;
  return {
    renderer: gl ? String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : 'none',
    letters_px: Math.round(letters.measureText('Residual stream 0123456789').width * 10) / 10,
  };
}"""


def renderer_of(page: Page) -> dict[str, Any]:
    """What draws in a window: ``renderer``, and ``letters_px``, the width of some words of 20 px."""
    return page.evaluate(RENDERER)


def why_not_comparable(page: Page) -> str:
    """Why the pictures in git say nothing about what this browser draws; empty if they do."""
    ours, theirs = renderer_of(page), json.loads(MADE_WITH.read_text("utf-8"))
    if "swiftshader" not in ours["renderer"].lower():
        return f"pictures are compared on SwiftShader only, this is {ours['renderer']}"
    if ours["letters_px"] != theirs["letters_px"]:
        return f"the fonts differ: {ours['letters_px']} px for the words that were {theirs['letters_px']} px wide"
    return ""


def options(view: View) -> dict[str, Any]:
    """Of the window for a view."""
    touch = {"has_touch": True, "is_mobile": True} if view.viewport else {}
    return {
        "viewport": view.viewport or WINDOW,
        "reduced_motion": "reduce",
        "color_scheme": "dark" if view.dark else "light",
        **touch,
    }


def take(screen: Screen, view: View) -> Image.Image:
    """The picture of a view that is open, once nothing changes any more."""
    screen.page.wait_for_function(
        """(models) => cutaway.page.opened.length === models
             && cutaway.page.opened.every(({ model }) => cutaway.view.isStanding(model))""",
        arg=view.models,
    )
    if view.awaits is not None:
        screen.page.wait_for_selector(view.awaits, state="attached")
    before = _at_rest(screen.page)
    if view.fly is None:
        return before
    screen.page.evaluate("(to) => cutaway.view.flyTo(to, false)", view.fly)
    return _at_rest(screen.page)


def _at_rest(page: Page) -> Image.Image:
    """The window, as soon as it looks the same three times in a row."""
    before, same = b"", 0
    for _ in range(MOST_TRIES):
        now = page.screenshot()
        same = same + 1 if now == before else 0
        if same == 2:
            return Image.open(io.BytesIO(now)).convert("RGB")
        before = now
        page.wait_for_timeout(PAUSE_MS)
    raise AssertionError(f"the picture still changes after {MOST_TRIES * PAUSE_MS / 1000:g} seconds")


def keep(picture: Image.Image, path: Path) -> None:
    """Write a picture for git: few colours, so that all of them stay below a megabyte.

    They cover the range of colours rather than the most frequent ones, or one red cell among green ones turns grey.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


def reference(name: str) -> Path:
    return FOLDER / f"{name}.png"


def open_view(browser: Browser, url: str, view: View) -> Screen:
    screen = Screen(browser.new_context(**options(view)).new_page(), url)
    screen.open(view.fragment)
    return screen


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures again that tests compare the page with.")
    parser.add_argument("names", nargs="*", choices=[[], *VIEWS], metavar="NAME", help=", ".join(VIEWS))
    parser.add_argument("--add", action="store_true", help="only those that are not there yet")
    given = parser.parse_args()
    names = [n for n in given.names or VIEWS if not (given.add and reference(n).is_file())]
    with (
        cutaway.show(cutaway.load("nano-gpt"), open_browser=False) as shown,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *SOFTWARE_WEBGL2])
        for name in names:
            screen = open_view(browser, shown.url, VIEWS[name])
            keep(take(screen, VIEWS[name]), reference(name))
            MADE_WITH.write_text(json.dumps(renderer_of(screen.page), indent=1) + "\n", "utf-8")
            screen.page.context.close()
            print(f"{reference(name).name}: {reference(name).stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()

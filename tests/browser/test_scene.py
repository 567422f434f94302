"""Several models in one scene: one picture, one scale, and each of them still what it was alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hosting import hosted
from playwright.sync_api import Browser
from screen import DESKTOP, Screen

import cutaway
from cutaway import Model


@pytest.fixture(scope="module")
def together(browser: Browser, nano: Model, tmp_path_factory: pytest.TempPathFactory):
    """nano-gpt, which has values, beside the structure of GPT-3."""
    folder: Path = tmp_path_factory.mktemp("together")
    cutaway.export(folder / "site", [nano, cutaway.load("gpt-3")])
    with hosted(folder) as url:
        context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce", color_scheme="light")
        made = Screen(context.new_page(), f"{url}site/")
        made.open()
        yield made
        context.close()
        assert not made.complaints, made.complaints


def show(screen: Screen, address: str, models: int) -> None:
    screen.page.evaluate("(hash) => { location.hash = hash }", address)
    screen.page.wait_for_function("(n) => cutaway.view.picture.standings.length === n", arg=models)
    screen.rest()


def seen(screen: Screen, model: str, tensor: str, index: list[int]) -> dict[str, float]:
    return screen.page.evaluate(
        """([name, tensor, index]) => {
          const { model } = cutaway.page.opened.find(({ model }) => model.spec.name === name);
          return cutaway.view.project({ tensor, index }, model);
        }""",
        [model, tensor, index],
    )


def test_a_second_model_stands_to_the_right_at_the_same_scale(together: Screen) -> None:
    show(together, "model=nano-gpt", 1)
    alone = together.page.evaluate("cutaway.view.stats.drawCalls")
    show(together, "with=gpt-3", 2)
    together.page.evaluate("cutaway.view.fit(false)")
    together.rest()
    assert together.page.evaluate("cutaway.view.stats.drawCalls") <= alone + 1
    left = seen(together, "nano-gpt", "probs", [0, 0])
    right = [seen(together, "gpt-3", name, [0, 0]) for name in ("blocks.0.resid_pre", "blocks.95.resid_post")]
    assert left["visible"]
    assert all(at["visible"] for at in right)
    assert all(at["x"] > left["x"] for at in right)
    scene = together.page.evaluate(
        """() => cutaway.view.picture.standings.map(({ figure, offset }) =>
             [figure.bounds.min[0] + offset[0], figure.bounds.min[1] + offset[1], figure.bounds.max[0] + offset[0]])"""
    )
    (_, top, end), (begin, other_top, _) = scene
    assert begin > end
    assert abs(top - other_top) <= 0.5


def test_what_is_pointed_at_says_whose_it_is(together: Screen) -> None:
    show(together, "with=gpt-3", 2)
    for model, tensor, index in (("gpt-3", "blocks.40.mlp.pre", [3, 5]), ("nano-gpt", "blocks.1.mlp.pre", [3, 5])):
        together.page.evaluate(
            """([name, tensor, index]) => {
              cutaway.page.focus(name);
              cutaway.view.setCurrent(cutaway.page.model);
              cutaway.view.flyTo({ cell: { tensor, index } }, false);
            }""",
            [model, tensor, index],
        )
        # panels may still be moving what is seen, so the place is asked for again until it is the one pointed at
        together.page.wait_for_function(
            """([name, tensor, index]) => new Promise((done) => {
              const { view, page } = cutaway, canvas = document.querySelector("[data-testid=scene]");
              const at = view.project({ tensor, index }, page.model), { left, top } = canvas.getBoundingClientRect();
              const expected = JSON.stringify([name, { tensor, index }]);
              const off = view.on("hover", ({ model, cell }) => {
                off();
                done(at.visible && JSON.stringify([model?.spec.name, cell]) === expected);
              });
              setTimeout(() => { off(); done(false); }, 2000);
              canvas.dispatchEvent(new PointerEvent("pointermove",
                { clientX: left + at.x, clientY: top + at.y, bubbles: true, pointerType: "mouse" }));
            })""",
            arg=[model, tensor, index],
        )


def test_a_model_that_is_taken_out_leaves_nothing_behind(together: Screen) -> None:
    show(together, "with=gpt-3", 2)
    show(together, "model=nano-gpt", 1)
    session = together.page.context.new_cdp_session(together.page)
    session.send("HeapProfiler.collectGarbage")
    prototype = session.send(
        "Runtime.evaluate", {"expression": "cutaway.view.picture.standings[0].figure.constructor.prototype"}
    )["result"]["objectId"]
    left = session.send("Runtime.queryObjects", {"prototypeObjectId": prototype})["objects"]["objectId"]
    count = session.send(
        "Runtime.callFunctionOn",
        {"objectId": left, "functionDeclaration": "function () { return this.length }", "returnByValue": True},
    )
    assert count["result"]["value"] == 1

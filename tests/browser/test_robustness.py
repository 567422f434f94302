"""A page that lacks something still works, or says in a sentence what to do."""

from __future__ import annotations

import csv
import io
import re
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from hosting import hosted
from playwright.sync_api import Browser, Route, expect
from screen import DESKTOP, Screen

import cutaway
from cutaway import Model, Run

Open = Callable[..., Screen]


@pytest.fixture
def altered(browser: Browser) -> Callable[[str, str], Screen]:
    """Opens an address after a script has taken something away from the browser."""

    def open_one(url: str, script: str) -> Screen:
        context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
        context.add_init_script(script)
        screen = Screen(context.new_page(), url)
        screen.open()
        return screen

    return open_one


def test_with_storage_switched_off(altered: Callable[[str, str], Screen], address: str) -> None:
    refuse = "get() { throw new DOMException('no', 'SecurityError') }"
    screen = altered(
        address,
        "".join(f"Object.defineProperty(window, '{s}', {{ {refuse} }});" for s in ("localStorage", "sessionStorage")),
    )
    screen.part("theme").click()
    expect(screen.page.locator("html")).to_have_attribute("data-theme", "dark")
    screen.pin("blocks.0.attn.q", (3, 0, 5))
    screen.part("open-tour").click()
    expect(screen.part("tour")).to_have_attribute("data-chapter", re.compile("."))
    assert not screen.complaints
    screen.page.context.close()


@pytest.mark.parametrize(
    "script", ["delete window.Worker", "window.Worker = class { constructor() { throw Error('no') } }"]
)
def test_without_workers_the_page_computes(
    altered: Callable[[str, str], Screen],
    site: str,
    script: str,
) -> None:
    screen = altered(site, script)
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("aab")
    screen.expect_tokens("AABBBC")
    assert not screen.complaints
    screen.page.context.close()


def test_of_fifty_edits_in_a_second_the_last_one_shows(open_screen: Open, site: str, nano: Model) -> None:
    screen = open_screen(url=site)
    shown = screen.page.evaluate(
        """async () => {
          const { page } = cutaway;
          await page.run({ tokens: [0, 1, 2] });
          const answers = [];
          for (let i = 0; i < 50; i++) {
            answers.push(page.run({ tokens: [i % 3, (i >> 1) % 3, (i >> 2) % 3, i % 2] }));
            await new Promise((resolve) => setTimeout(resolve, 18));
          }
          return (await Promise.all(answers)).at(-1);
        }"""
    )
    assert shown is True
    last = [49 % 3, (49 >> 1) % 3, (49 >> 2) % 3, 1]
    assert screen.page.evaluate("cutaway.page.values.tokens") == last
    held = screen.page.evaluate("[...cutaway.page.values.get('probs').data]")
    assert held == pytest.approx(nano.run(last)["probs"].ravel().tolist(), abs=1e-5)


def test_edits_at_once_do_not_queue_up(open_screen: Open, site: str) -> None:
    screen = open_screen(url=site)
    answers = screen.page.evaluate(
        """() => Promise.all(Array.from({ length: 50 }, (_, i) =>
             cutaway.page.run({ tokens: [i % 3, (i >> 1) % 3, (i >> 2) % 3, i % 2] })))"""
    )
    assert answers == [False] * 49 + [True]


def test_every_value_is_as_python_computes_it(open_screen: Open, site: str, nano_run: Run) -> None:
    screen = open_screen(url=site)
    for name, tensor in nano_run.model.tensors.items():
        held = screen.page.evaluate("(name) => [...cutaway.page.values.get(name).data].map(String)", name)
        got = np.array([float(x.replace("Infinity", "inf")) for x in held])
        np.testing.assert_allclose(got, nano_run[tensor.name].ravel(), rtol=1e-5, atol=1e-5, err_msg=name)


def test_a_slow_network_tells_how_far_it_is(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 20, "downloadThroughput": 150_000, "uploadThroughput": 150_000}
    network.send("Network.emulateNetworkConditions", slow)
    page.goto(site, wait_until="commit")
    # asked for in one go, since it is gone from one moment to the next
    status = "document.querySelector('[data-testid=loading] [role=status]')?.innerText"
    seen: list[str] = []
    end = time.monotonic() + 60
    while time.monotonic() < end and not page.evaluate("document.documentElement.dataset.ready"):
        if said := page.evaluate(status):
            seen.append(said)
        page.wait_for_timeout(60)
    told = [s for s in dict.fromkeys(seen) if "weights.safetensors" in s and " of " in s]
    assert len(told) >= 3, seen
    sizes = [float(s.split(": ")[1].split(" ")[0]) * (1 if "KiB of" in s else 1 / 1024) for s in told]
    assert sizes == sorted(sizes)
    assert told[0].endswith(told[-1].split(" of ")[1])  # the whole is known from the beginning
    context.close()


def test_a_lost_context_comes_back(open_screen: Open) -> None:
    screen = open_screen()
    screen.rest()
    before = screen.part("scene").screenshot()
    screen.page.evaluate(
        """() => {
          const context = document.querySelector("canvas").getContext("webgl2");
          (window.held = context.getExtension("WEBGL_lose_context")).loseContext();
        }"""
    )
    expect(screen.part("notice").first).to_contain_text("graphics")
    screen.page.evaluate("held.restoreContext()")
    expect(screen.part("notice")).to_have_count(0)
    screen.rest(1.5)
    after = screen.part("scene").screenshot()
    assert abs(len(after) - len(before)) < 0.1 * len(before)
    screen.complaints = [c for c in screen.complaints if "Context" not in c and "CONTEXT" not in c]


def test_the_picture_is_saved_at_twice_the_size(open_screen: Open, tmp_path: Path) -> None:
    screen = open_screen()
    with screen.page.expect_download() as download:
        screen.part("picture").click()
    assert download.value.suggested_filename == "nano-gpt.png"
    path = tmp_path / "a.png"
    download.value.save_as(path)
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    box = screen.part("scene").bounding_box()
    assert box is not None
    size = (int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    assert size == (2 * round(box["width"]), 2 * round(box["height"]))
    assert len(data) > 30_000  # not an empty canvas


def test_a_link_and_a_table_can_be_copied(open_screen: Open, nano_run: Run) -> None:
    screen = open_screen("cell=blocks.2.attn.pattern:0,0,0", permissions=["clipboard-read", "clipboard-write"])
    screen.part("copy-link").click()
    expect(screen.page.get_by_role("status").filter(has_text="Link copied")).to_have_count(1)
    link = screen.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#cell=blocks.2.attn.pattern:0,0,0")
    screen.part("table-toggle").click()
    screen.part("copy-csv").click()
    expect(screen.part("copy-csv")).to_contain_text("Copied")
    rows = list(csv.reader(io.StringIO(screen.page.evaluate("navigator.clipboard.readText()"))))
    values = np.array([[float(x) for x in row[1:]] for row in rows[1:]], dtype=np.float32)
    expected = nano_run["blocks.2.attn.pattern"][0]
    assert np.array_equal(values, expected) or np.array_equal(values, expected.T)


def test_back_and_forward_lead_through_the_selections(open_screen: Open) -> None:
    screen = open_screen()
    screen.pin("blocks.0.attn.q", (3, 0, 5))
    screen.pin("embed", (1, 2))
    screen.page.go_back()
    screen.card("blocks.0.attn.q", (3, 0, 5))
    screen.page.go_forward()
    screen.card("embed", (1, 2))


def another(folder: Path) -> Model:
    """The same model by another name."""
    made = Path(cutaway.__file__).parent / "models" / "nano-gpt"
    return cutaway.load(shutil.copytree(made, folder / "other"))


def test_two_models_in_one_export(open_screen: Open, nano: Model, tmp_path: Path) -> None:
    other = another(tmp_path)
    other.prompt = "AAB"
    cutaway.export(tmp_path / "two.html", [nano, other], single_file=True)
    screen = open_screen("model=other", url=(tmp_path / "two.html").as_uri())
    screen.expect_tokens("AAB")
    screen.part("pick").click()
    screen.part("in-scene-nano-gpt").check()
    screen.part("look-nano-gpt").click()
    screen.expect_tokens("CBABBC")
    screen.page.wait_for_function("() => location.hash.includes('model=nano-gpt')")


def test_a_second_model_that_does_not_come_leaves_the_first(
    open_screen: Open, browser: Browser, nano: Model, tmp_path: Path, servers: ExitStack
) -> None:
    cutaway.export(tmp_path / "two", [nano, another(tmp_path)])
    url = servers.enter_context(hosted(tmp_path))
    screen = open_screen(url=f"{url}two/")

    def gone(route: Route) -> None:
        route.fulfill(status=404, body="gone")

    screen.page.route("**/other/weights.safetensors", gone)
    screen.part("pick").click()
    screen.part("in-scene-other").click()
    expect(screen.part("notice").first).to_contain_text("other/weights.safetensors")
    expect(screen.part("loading")).to_have_count(0)
    screen.expect_tokens("CBABBC")
    screen.complaints = [c for c in screen.complaints if "404" not in c]

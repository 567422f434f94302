"""Another prompt: typing, step, run, reset, sampling. Everything follows, and is what Python computes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from screen import Screen

from cutaway import Model


@pytest.fixture
def screen(open_screen: Callable[..., Screen]) -> Screen:
    return open_screen()


def field(screen: Screen, at: int):
    return screen.part("prompt").locator("input").nth(at)


def bars(screen: Screen) -> dict[int, float]:
    """Probability by token id, as the bars have it."""
    return {
        int(b.get_attribute("data-token") or ""): float(b.get_attribute("data-probability") or "")
        for b in screen.part("probability-bars").locator("button").all()
    }


def agrees(screen: Screen, model: Model, text: str) -> None:
    """That what is shown is the run of ``text``."""
    screen.expect_tokens(text)
    run = model.run(text)
    last = len(text) - 1
    for token, p in bars(screen).items():
        assert p == pytest.approx(float(run["probs"][last, token]), abs=1e-6)
    for name in ("blocks.0.attn.pattern", "blocks.2.mlp_out", "logits"):
        index = tuple(n - 1 for n in run[name].shape)
        held = screen.page.evaluate("(cell) => cutaway.page.values.at(cell)", {"tensor": name, "index": list(index)})
        assert held == pytest.approx(float(run[name][index]), rel=1e-4, abs=1e-5)


def test_the_first_prompt(screen: Screen, nano: Model) -> None:
    agrees(screen, nano, "CBABBC")


def test_typing_over_the_letters_updates_everything(screen: Screen, nano: Model) -> None:
    card = screen.pin("blocks.1.attn.q", (2, 1, 5))
    field(screen, 0).click()
    screen.page.keyboard.type("aac")
    agrees(screen, nano, "AACBBC")
    assert screen.value(card) == pytest.approx(float(nano.run("AACBBC")["blocks.1.attn.q"][2, 1, 5]), rel=1e-4)
    screen.page.keyboard.press("End")
    screen.page.keyboard.type("AB")
    agrees(screen, nano, "AACBBCAB")
    for _ in range(4):
        screen.page.keyboard.press("Backspace")
    agrees(screen, nano, "AACB")


def test_a_letter_that_is_unknown_is_refused_with_a_reason(screen: Screen) -> None:
    field(screen, 0).click()
    screen.page.keyboard.type("x")
    expect(screen.part("prompt-refusal")).to_contain_text("A, B")
    assert screen.tokens() == "CBABBC"


def test_a_prompt_that_is_full_takes_no_more(screen: Screen, nano: Model) -> None:
    field(screen, 6).click()
    screen.page.keyboard.type("ABCABC")
    agrees(screen, nano, "CBABBCABCAB")
    expect(screen.part("prompt-refusal")).to_contain_text("11")


def test_step_run_and_reset(screen: Screen, nano: Model) -> None:
    run = nano.run("CBABBC")
    screen.part("step").click()
    agrees(screen, nano, "CBABBC" + run.generate(1).text)
    screen.part("run").click()
    agrees(screen, nano, "CBABBC" + run.generate(6).text[:5])
    expect(screen.part("step")).to_be_disabled()
    screen.part("reset").click()
    agrees(screen, nano, "CBABBC")


def test_sampling_chooses_as_python_does(screen: Screen, nano: Model) -> None:
    screen.part("sampling").click()
    screen.part("temperature").fill("4")
    screen.part("top-k").fill("3")
    screen.part("top-p").fill("0.95")
    screen.part("seed").fill("11")
    screen.page.keyboard.press("Escape")
    screen.part("run").click()
    expected = nano.run("CBABBC").generate(6, temperature=4, top_k=3, top_p=0.95, seed=11).text[:5]
    agrees(screen, nano, "CBABBC" + expected)


def test_a_setting_out_of_range_is_refused_with_a_reason(screen: Screen) -> None:
    screen.part("sampling").click()
    screen.part("temperature").fill("-1")
    expect(screen.page.get_by_role("alert").filter(has_text="emperature")).to_be_visible()


def test_a_bar_leads_to_its_cell(screen: Screen) -> None:
    screen.part("probability-bars").locator("button").first.click()
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", "probs")


def test_a_prompt_is_pasted(screen: Screen, nano: Model) -> None:
    field(screen, 0).click()
    screen.page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text", "A B C A B C A");
             document.activeElement.dispatchEvent(
               new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })) }"""
    )
    agrees(screen, nano, "ABCABCA")

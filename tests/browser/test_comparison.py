"""Two models part by part on the page: lined up as Python lines them up, with what differs marked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from screen import PHONE, Screen
from test_accessibility import faults

from cutaway.compare import compare
from cutaway.comparison_text import is_calm

Open = Callable[..., Screen]

PAIRS = [
    ("nano-gpt", "llama-3.1-8b"),
    ("gpt2", "gpt-3"),
    ("mixtral-8x7b", "mistral-7b"),
    ("deepseek-v3", "qwen3-235b-a22b"),
    ("bert-base", "gpt2"),
    ("t5-base", "gpt2"),
    ("gemma-2-9b", "gpt-oss-120b"),
]


def opened(screen: Screen, first: str, second: str, parts: str = "Part by part") -> Locator:
    """The comparison of two models, part by part."""
    added = sorted({"nano-gpt", first, second})
    screen.page.wait_for_function(
        "(names) => cutaway.page.opened.map((each) => each.name).sort().join() === names.join()", arg=added
    )
    screen.part("pick").click()
    screen.part("compare").click()
    for side, name in enumerate((first, second)):
        screen.part(f"comparison-{side}").select_option(name)
    table = screen.part("comparison")
    table.get_by_text(parts, exact=True).click()
    expect(table.locator("[data-part]").first).to_be_visible()
    return table


def shown(first: str, second: str) -> str:
    added = [name for name in (first, second) if name != "nano-gpt"]
    return f"model=nano-gpt&with={','.join(added)}"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_parts_are_lined_up_as_python_does(open_screen: Open, first: str, second: str) -> None:
    table = opened(open_screen(shown(first, second)), first, second)
    found = table.locator("[data-part]").evaluate_all(
        """parts => parts.map(part => [part.dataset.part, part.dataset.verdict, part.querySelector(".fold, details")
            ? [...part.querySelectorAll(".fold, summary")].map(each => each.textContent.replace(/\\s+/g, " ").trim())
            : [], [...part.querySelectorAll("[data-step]")].map(step => [step.dataset.step, step.dataset.verdict])])"""
    )
    expected = compare(first, second).stages
    assert [(part, verdict) for part, verdict, _, _ in found] == [(s.label, s.verdict) for s in expected]
    for stage, (_, _, folded, steps) in zip(expected, found, strict=True):
        if stage.verdict in ("first", "second"):
            assert folded == [" · ".join(step.label for step in stage.steps)]
        elif stage.like is not None and stage.verdict != "same":
            assert stage.like.label in folded[0]
            assert steps == []
        elif stage.verdict != "same":
            assert steps == [[s.label, s.verdict] for s in stage.steps if not is_calm(s)]
            for verdict, words in (("sizes", "other sizes"), ("same", "the same")):
                alike = [s.label for s in stage.steps if is_calm(s) and s.verdict == verdict]
                assert not alike or words + " · ".join(alike) in folded


def test_formulas_stand_side_by_side_with_what_differs_marked(open_screen: Open) -> None:
    table = opened(open_screen(shown("gpt2", "llama-3.1-8b")), "gpt2", "llama-3.1-8b")
    row = table.locator('[data-part="Attention"] [data-step="query"]')
    first, second = row.get_by_role("math").all()
    assert first.get_attribute("aria-label") == "q[t, h, a] = Sum(c, x[t, c] * W_Q[h, c, a]) + b_Q[h, a]"
    assert second.get_attribute("aria-label") == "q[t, h, a] = Sum(c, x[t, c] * W_Q[h, c, a])"
    expect(first.locator(".differs")).to_have_count(1)
    assert re.sub(r"\s|\u200b", "", first.locator(".differs").inner_text()).startswith("b")
    expect(second.locator(".differs")).to_have_count(0)
    expect(row).to_contain_text("W_Q H 12 × C 768 × A 64")
    # Letters of axes alone are no difference: key/value heads have another one.
    key = table.locator('[data-part="Attention"] [data-step="key"]')
    expect(key.locator(".side").nth(1).locator(".differs")).to_have_count(0)


def test_only_what_differs(open_screen: Open) -> None:
    table = opened(open_screen(shown("mixtral-8x7b", "mistral-7b")), "mixtral-8x7b", "mistral-7b")
    expect(table.locator('[data-verdict="same"]').first).to_be_visible()
    table.get_by_test_id("only-differences").check()
    expect(table.locator('[data-verdict="same"]')).to_have_count(0)
    expect(table.locator('[data-part="Router"]')).to_be_visible()
    table.locator('[data-part="Router"] summary').click()
    expect(table.locator('[data-part="Router"] [data-step="router scores"]')).to_be_visible()


def test_csv_holds_every_step_with_its_formulas(open_screen: Open) -> None:
    screen = open_screen(shown("gpt2", "llama-3.1-8b"))
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = opened(screen, "gpt2", "llama-3.1-8b")
    screen.part("comparison-csv").click()
    expect(table.get_by_role("status")).to_contain_text("Copied")
    lines = screen.page.evaluate("navigator.clipboard.readText()").splitlines()
    steps = [step for stage in compare("gpt2", "llama-3.1-8b").stages for step in stage.steps]
    assert len(lines) > len(steps)
    assert any(line.startswith('Attention,query,"q[t, h, a] = Sum(c, x[t, c] * W_Q[h, c, a]) + b_Q') for line in lines)
    assert "Attention,Keys and values,each head its own,one for each 4 heads,,yes" in lines


def test_keys_alone_lead_through_it(open_screen: Open) -> None:
    screen = open_screen(shown("gpt2", "llama-3.1-8b"))
    screen.page.wait_for_function("() => cutaway.page.opened.length === 3")
    screen.part("pick").click()
    screen.part("compare").focus()
    screen.page.keyboard.press("Enter")
    table = screen.part("comparison")
    table.get_by_role("radio", name="Figures and kinds").focus()
    screen.page.keyboard.press("ArrowRight")
    expect(table.locator("[data-part]").first).to_be_visible()
    screen.page.keyboard.press("Escape")
    expect(table).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_screen: Open, theme: str) -> None:
    screen = open_screen(shown("deepseek-v3", "gemma-2-9b"), color_scheme=theme)
    table = opened(screen, "deepseek-v3", "gemma-2-9b")
    expect(table.locator(".katex").first).to_be_visible()
    assert faults(screen) == []


def test_on_a_phone_nothing_sticks_out(open_screen: Open) -> None:
    screen = open_screen(shown("bert-base", "gpt2"), viewport=PHONE, has_touch=True, is_mobile=True)
    table = opened(screen, "bert-base", "gpt2")
    expect(table.locator(".katex").first).to_be_visible()
    assert faults(screen) == []
    scroll = table.get_by_role("region")
    assert scroll.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_in_german_every_row_is_german(open_screen: Open) -> None:
    table = opened(open_screen(f"{shown('t5-base', 'gpt2')}&lang=de"), "t5-base", "gpt2", parts="Teil für Teil")
    names = table.locator("[data-part] h3, [data-part] summary").all_text_contents()
    assert "Positionen im Encoder" in " ".join(names)
    table.get_by_text("Zahlen und Arten", exact=True).click()
    rows = table.locator("tbody th")
    expect(rows.first).to_have_text("Größe")
    said = {re.sub(r"\s+", " ", text).strip() for text in rows.all_text_contents()}
    assert {"aktive Parameter", "Gewichte als float32", "Arten", "Parameter nach Teilen"} <= said
    assert not said & {"parameters", "active parameters", "Size", "Kinds", "Parameters by part"}

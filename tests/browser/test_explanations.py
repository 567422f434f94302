"""What the page says of a cell is what Python computed: value, formulas, terms, sources, origin."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen, cell_of, number, source_text, typeset

from cutaway import Run
from cutaway.numbers import shown

CELLS = [
    ("tokens", (2,)),
    ("W_E", (1, 30)),
    ("W_pos", (4, 7)),
    ("embed", (3, 11)),
    ("pos_embed", (5, 47)),
    ("blocks.0.resid_pre", (2, 40)),
    ("blocks.1.resid_pre", (2, 40)),
    ("blocks.0.ln1.w", (9,)),
    ("blocks.0.ln1.mean", (1,)),
    ("blocks.2.ln2.var", (5,)),
    ("blocks.0.ln1.normalized", (4, 20)),
    ("blocks.1.attn.W_Q", (2, 17, 3)),
    ("blocks.1.attn.b_V", (0, 15)),
    ("blocks.0.attn.q", (3, 0, 5)),
    ("blocks.2.attn.v", (0, 2, 15)),
    ("blocks.0.attn.attn_scores", (1, 4, 2)),
    ("blocks.0.attn.attn_scores", (1, 2, 4)),  # masked: the future
    ("blocks.0.attn.attn_scores_max", (1, 4)),
    ("blocks.0.attn.attn_scores_expsum", (1, 4)),
    ("blocks.0.attn.pattern", (1, 4, 2)),
    ("blocks.0.attn.pattern", (1, 2, 4)),
    ("blocks.1.attn.z", (5, 1, 8)),
    ("blocks.1.attn_out", (5, 33)),
    ("blocks.1.resid_mid", (5, 33)),
    ("blocks.2.mlp.pre", (3, 150)),
    ("blocks.2.mlp.post", (3, 150)),
    ("blocks.2.mlp_out", (3, 2)),
    ("blocks.2.resid_post", (0, 0)),
    ("ln_final.normalized", (5, 12)),
    ("W_U", (12, 2)),
    ("logits", (5, 0)),
    ("logits_max", (5,)),
    ("probs", (5, 0)),
]


@pytest.mark.parametrize(("tensor", "index"), CELLS, ids=lambda p: str(p).replace(" ", ""))
def test_a_pinned_cell_says_what_python_computed(
    shared: Screen, nano_run: Run, tensor: str, index: tuple[int, ...]
) -> None:
    explanation = nano_run.explain(f"{tensor}[{', '.join(map(str, index))}]")
    card = shared.pin(tensor, index)
    assert shared.value(card) == explanation.value
    expect(shared.part("tensor-name", card)).to_have_text(tensor)
    if explanation.origin is not None:
        expect(shared.part("origin", card)).to_contain_text(explanation.origin)
        assert shared.part("terms", card).count() == shared.part("sources", card).count() == 0
        return
    assert shared.symbols() == explanation.text
    assert shared.numbers() == explanation.numbers_text
    assert [typeset(t) for t in shared.part("sources", card).locator("button").all_inner_texts()] == [
        source_text(s) for s in explanation.sources
    ]
    tables = shared.part("terms", card)
    assert tables.count() == len(explanation.sums)
    for k, expected in enumerate(explanation.sums):
        rows = tables.nth(k).locator("tbody tr")
        assert rows.count() == min(8, len(expected.terms))
        for row, term in zip(rows.all(), expected.terms, strict=False):
            assert [int(t.split()[0]) for t in row.locator("th").all_inner_texts()] == list(term.at)  # 3 “B”
            buttons = row.locator("button")
            cells = [(f.tensor, f.index, f.value) for f in term.factors if f.tensor is not None]
            said = [
                (
                    *cell_of(b.get_attribute("data-cell") or ""),
                    number((b.get_attribute("title") or "").rpartition(" = ")[2]),
                )
                for b in buttons.all()
            ]
            assert said == cells
            numbers = [typeset(t) for t in row.locator("td:not(.bars)").all_inner_texts()]
            if len(numbers) > len(cells):  # what a term comes to, beside its factors
                assert numbers[-1] == shown(term.value)


def test_every_cell_that_is_not_a_number_says_so(shared: Screen, nano_run: Run) -> None:
    card = shared.pin("blocks.0.attn.attn_scores", (0, 0, 5))
    assert nano_run["blocks.0.attn.attn_scores"][0, 0, 5] == -np.inf
    expect(shared.part("value", card)).to_have_text("−∞")


def test_formulas_are_typeset(shared: Screen) -> None:
    card = shared.pin("blocks.0.attn.attn_scores", (1, 4, 2))
    symbols = shared.part("formula-symbols", card).locator(".katex")
    expect(symbols.first).to_be_visible()
    expect(symbols.first).to_contain_text("q")
    numbers = shared.part("formula-numbers", card).locator(".katex")
    expect(numbers.first).to_be_visible()


def test_every_digit_on_demand(shared: Screen, nano_run: Run) -> None:
    card = shared.pin("blocks.0.attn.q", (3, 0, 5))
    exact = np.float32(nano_run["blocks.0.attn.q"][3, 0, 5])
    shared.part("full-precision", card).click()
    said = typeset(shared.part("value", card).inner_text())
    assert np.float32(said) == exact
    shared.part("full-precision", card).click()
    assert np.float32(typeset(shared.part("value", card).inner_text())) != exact


def test_any_number_can_be_followed_down_to_the_tokens(shared: Screen) -> None:
    shared.pin("logits", (5, 0))
    seen = []
    for _ in range(80):
        card = shared.part("pinned-card")
        tensor = card.get_attribute("data-tensor") or ""
        seen.append(tensor)
        if tensor == "tokens":
            break
        sources = shared.part("sources", card).locator("button")
        names = [text.partition("[")[0] for text in sources.all_inner_texts()]
        weights = ("W_", "b_", ".w", ".b")
        computed = [k for k, n in enumerate(names) if not any(part in n for part in weights)]
        before = (tensor, card.get_attribute("data-index"))
        sources.nth(computed[0]).click()
        shared.page.wait_for_function(
            """([tensor, index]) => { const d = document.querySelector('[data-testid=pinned-card]').dataset;
                                      return d.tensor !== tensor || d.index !== index }""",
            arg=list(before),
        )
    assert seen[-1] == "tokens", seen
    crumbs = shared.part("breadcrumbs").locator("li")
    assert crumbs.count() == len(seen) + 1
    crumbs.nth(1).locator("button").click()
    shared.card("logits", (5, 0))


def test_a_source_in_the_card_leads_there_and_the_way_back_is_kept(shared: Screen) -> None:
    card = shared.pin("blocks.0.mlp.pre", (2, 100))
    link = shared.part("terms", card).locator("button").first
    tensor, index = cell_of(link.get_attribute("data-cell") or "")
    link.click()
    shared.card(tensor, index)
    expect(shared.part("breadcrumbs").locator("li")).to_have_count(3)
    shared.part("breadcrumbs").get_by_role("button", name="pre").click()
    shared.card("blocks.0.mlp.pre", (2, 100))


def test_the_readers_of_a_tensor_lead_on(shared: Screen) -> None:
    card = shared.pin("blocks.0.attn.q", (3, 0, 5))
    readers = shared.part("readers", card).locator("button")
    assert readers.all_inner_texts() == ["blocks.0.attn.attn_scores"]
    readers.first.click()
    expect(shared.part("pinned-card")).to_have_attribute("data-tensor", "blocks.0.attn.attn_scores")

"""What is printed is what is computed: formulas are read back as Python and compared by value."""

from __future__ import annotations

import pytest
from helpers.laboratory import AXES, LETTERS, C, D, H, S, T, formulas, laboratory, run_of, values
from helpers.naive import FLOAT64, Ambiguous, Naive, agrees, places
from helpers.reading import read
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from cutaway import Model, Run
from cutaway.explain import explain_at
from cutaway.formula import ArgMax, Expr, Max, Sum, apply, as_expr, equal, exp, inf, length, sqrt, where
from cutaway.numbers import shown
from cutaway.printing import LATEX, TEXT, Printer

RANDOM = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)


@RANDOM
@given(data=st.data(), tokens=st.lists(st.integers(0, 2), min_size=1, max_size=3), seed=st.integers(0, 1000))
def test_text_read_back_means_the_same(data: st.DataObject, tokens: list[int], seed: int) -> None:
    lab = laboratory()
    axes, formula = data.draw(formulas(lab))
    text = Printer(TEXT).write(formula, {})[0]
    note(f"{formula}\nis written {text}")
    again = as_expr(read(text, lab.tensors, AXES, LETTERS))
    run = run_of(lab.definition(axes, formula), tokens, values(seed), "numpy")
    stored = {name: run[name] for name in lab.tensors}
    for at in places(axes, len(tokens)):
        one, two = Naive(stored, len(tokens), eps=FLOAT64), Naive(stored, len(tokens), eps=FLOAT64)
        try:
            expected, error = one.value(formula, at)
            found, other = two.value(again, at)
        except Ambiguous:
            continue
        assert agrees(float(found), expected, error + other)
        assert one.read == two.read


@RANDOM
@given(data=st.data())
def test_tex_is_balanced(data: st.DataObject) -> None:
    """Braces match, every ``\\left`` has its ``\\right``, and no two signs stand side by side."""
    lab = laboratory()
    axes, formula = data.draw(formulas(lab))
    run = run_of(lab.definition(axes, formula), [1, 0], values(1), "numpy")
    found = explain_at(run, run.model.tensors["out"], [0] * len(axes))
    for tex in (found.latex, found.numbers_latex):
        depth = 0
        for letter in tex:
            depth += (letter == "{") - (letter == "}")
            assert depth >= 0
        assert depth == 0
        assert tex.count(r"\left") == tex.count(r"\right")
        assert "--" not in tex.replace(" ", "")
        assert "+-" not in tex.replace(" ", "")


X = laboratory().tensors
x, y, a, b = X["x"][T, C], X["y"][T, D], X["A"][C, D], X["B"][D]


@pytest.mark.parametrize(
    ("e", "text", "latex"),
    [
        (x + (b - 2.0), "x[t, c] + B[d] - 2", None),
        (x - (b - 2.0), "x[t, c] - (B[d] - 2)", None),
        (x * (b + 1.0), "x[t, c] * (B[d] + 1)", None),
        (x / (b * 2.0), "x[t, c] / (B[d] * 2)", r"\frac{{x}_{t,c}}{{B}_{d} \cdot 2}"),
        (x * (b / 2.0), "x[t, c] * (B[d] / 2)", None),
        (2 * (C // 2) * 1.0, "2 * (c // 2) * 1", None),
        (-(x + b), "-(x[t, c] + B[d])", None),
        (-x - -b, "-x[t, c] - (-B[d])", None),
        (x * -2.0, "x[t, c] * (-2)", None),
        ((x**2) ** 3, "(x[t, c]**2)**3", None),
        ((-x) ** 2, "(-x[t, c])**2", None),
        (apply("**", 2.0, x + 1), "2**(x[t, c] + 1)", None),
        (where(~((T < 2) | equal(C, 1)), x, 0.0), "where(not(t < 2 or c == 1), x[t, c], 0)", None),
        (
            where(T < 2, b, 0.0) * 3.0,
            "where(t < 2, B[d], 0) * 3",
            r"\left(\begin{cases} {B}_{d} & \text{if } t < 2 \\ 0 & \text{otherwise} \end{cases}\right) \cdot 3",
        ),
        (where((T < 2) & ((C < 1) | (D > 0)), x, -inf), "where(t < 2 and (c < 1 or d > 0), x[t, c], -inf)", None),
        (Sum(C, x * a) + b, "Sum(c, x[t, c] * A[c, d]) + B[d]", None),
        (exp(Max(C, x)), "exp(Max(c, x[t, c]))", None),
        (ArgMax(C, x) * 1.0, "ArgMax(c, x[t, c]) * 1", None),
        (sqrt(length(T)), "sqrt(T)", r"\sqrt{T}"),
        (apply("abs", x), "abs(x[t, c])", r"\left|{x}_{t,c}\right|"),
        (x * 0.044715 + 0.7978845608028654, "x[t, c] * 0.044715 + 0.797884…", None),
    ],
)
def test_parentheses(e: Expr, text: str, latex: str | None) -> None:
    assert Printer(TEXT).write(as_expr(e), {})[0] == text
    if latex is not None:
        assert Printer(LATEX).write(e, {})[0] == latex


def test_numbers_are_filled_in() -> None:
    lab = laboratory()
    z = lab.tensors
    formula = Sum(C, z["x"][T, C] * z["A"][C, 0]) / length(C) - z["B"][1]
    weights = values(0)
    weights["W_E"][:] = [[1, 2, 3], [4, -5, 6], [7, 8, 9]]
    weights["A"][:, 0], weights["B"][1] = [0.5, 2, -1], -0.25
    run = run_of(lab.definition([T], formula), [1, 0], weights, "numpy")
    found = explain_at(run, run.model.tensors["out"], [0])
    terms = "(-5.000) * 2.000 + 6.000 * (-1.000) + 4.000 * 0.5000"
    assert found.numbers_text == f"out[0] = ({terms}) / 3 - (-0.2500) = -4.417"


def test_long_sums_are_cut_after_the_largest_terms(nano_run: Run) -> None:
    found = nano_run.explain("blocks.0.attn.q[3, 0, 5]")
    assert "… 45 more" in found.numbers_text
    places = [found.numbers_text.index(shown(t.factors[0].value)) for t in found.terms[:3]]
    assert places == sorted(places)
    assert r"\underbrace{\cdots}_{45}" in found.numbers_latex


def test_names_of_an_architecture_are_typeset(nano: Model, nano_run: Run) -> None:
    assert nano_run.explain("blocks.0.ln1.normalized[1, 2]").latex == (
        r"{\mathrm{normalized}}_{t,c} = \frac{{\mathrm{resid\_pre}}_{t,c} - {\mu}_{t}}"
        r"{\sqrt{{\sigma^{2}}_{t} + 10^{-5}}} \cdot {\gamma}_{c} + {\beta}_{c}"
    )
    for name in nano.tensors:
        cell = explain_at(nano_run, nano.tensors[name], [0] * len(nano.tensors[name].axes))
        assert "_{" in cell.latex or not cell.index


def test_copies_say_of_which_cell(nano_run: Run) -> None:
    value = float(nano_run["blocks.0.resid_post"][2, 5])
    found = nano_run.explain("blocks.1.resid_pre[2, 5]")
    assert found.numbers_text.startswith("blocks.1.resid_pre[2, 5] = blocks.0.resid_post[2, 5] = ")
    assert found.value == value


@pytest.mark.parametrize(("axes", "e"), [([T, S], where(S <= T, 1.0, -inf)), ([H], where(H < 1, H, 5) * 1.0)])
def test_choices_say_why(axes: list, e: Expr) -> None:
    run = run_of(laboratory().definition(axes, e), [0, 1], values(0), "numpy")
    last = explain_at(run, run.model.tensors["out"], [0] * (len(axes) - 1) + [1])
    assert ("since not 1 <= 0" in last.numbers_text) is (len(axes) == 2)


def test_a_search_says_where_its_largest_stands() -> None:
    """Terms are listed by size, so their order does not tell."""
    lab = laboratory()
    weights = values(0)
    weights["W_E"][:] = [[1, 2, 3], [4, -5, 6], [7, 8, 9]]
    run = run_of(lab.definition([T], ArgMax(C, lab.tensors["x"][T, C]) * 1.0), [1, 0], weights, "numpy")
    found = explain_at(run, run.model.tensors["out"], [0])
    assert found.numbers_text == "out[0] = argmax(6.000 at c=2, 4.000 at c=0, -5.000 at c=1) * 1 = 2.000"
    assert "{6.000}_{c=2}" in found.numbers_latex

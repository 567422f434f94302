"""Numbers are written with four significant digits, constants as their author wrote them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutaway.numbers import latex, shown, written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (3, "3"), (123456789, "123456789"), (0.5, "0.5000"), (-1.0, "-1.000"),
        (12.345, "12.35"), (99999.0, "1.000e5"), (12345.6, "12346"), (99994.0, "99994"), (0.001, "0.001000"),
        (0.00099, "9.900e-4"), (1e-30, "1.000e-30"), (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan"),
        (9.99949, "9.999"), (9.9996, "10.00"),
    ],
)  # fmt: skip
def test_shown(value: float, text: str) -> None:
    assert shown(value) == text


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_shown_is_within_half_a_digit(x: float) -> None:
    text = shown(x)
    assert math.isclose(float(text), x, rel_tol=0.5001e-3, abs_tol=0.0)
    digits = re.sub(r"e.*|[-.]", "", text).lstrip("0")
    assert x == 0 or len(digits) in (4, 5)  # five for whole numbers above 9999


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"), (0.5, "0.5"), (-0.25, "-0.25"), (0.044715, "0.044715"), (1e-5, "1e-5"), (1e-4, "0.0001"),
        (0.7978845608028654, "0.797884…"), (1e6, "1000000"), (1.5e12, "1.5e12"), (10000.0, "10000"), (2, "2"),
        (-math.inf, "-inf"), (0.0, "0"), (1 / 3e9, "3.33333…e-10"),
    ],
)  # fmt: skip
def test_written(value: float, text: str) -> None:
    assert written(value) == text


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_written_is_exact_or_says_that_it_is_cut(x: float) -> None:
    text = written(x)
    if "…" in text:
        assert math.isclose(float(text.replace("…", "")), x, rel_tol=1e-5)
    else:
        assert float(text) == x


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("0.5000", "0.5000"),
        ("-inf", r"-\infty"),
        ("nan", r"\mathrm{NaN}"),
        ("1.500e-7", r"1.500 \times 10^{-7}"),
        ("1e-5", "10^{-5}"),
        ("-1e-5", "-10^{-5}"),
        ("0.797884…", r"0.797884\ldots"),
    ],
)
def test_latex(text: str, tex: str) -> None:
    assert latex(text) == tex

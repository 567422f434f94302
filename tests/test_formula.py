"""Formulas are ordinary Python expressions, and refuse what cannot mean anything."""

from __future__ import annotations

import operator

import pytest
from helpers.laboratory import C, D, H, S, T, laboratory

from cutaway.errors import FormulaError
from cutaway.formula import (
    OPS,
    ArgMax,
    Const,
    Max,
    Sum,
    apply,
    cells,
    check,
    equal,
    exp,
    factors,
    inf,
    kind_of,
    length,
    nested_sum,
    walk,
    where,
)

X = laboratory().tensors


@pytest.mark.parametrize("op", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge"])
def test_operators_of_python(op: str) -> None:
    e = getattr(operator, op)(T, 2)
    assert OPS[e.op] == 2
    assert e.args[0] is T
    assert e.args[1].value == 2


@pytest.mark.parametrize("op", ["add", "sub", "mul", "truediv", "pow"])
def test_numbers_may_stand_on_the_left(op: str) -> None:
    e = getattr(operator, op)(2, T)
    assert e.args[0].value == 2
    assert e.args[1] is T


def test_a_formula_reads_like_the_paper() -> None:
    score = where(S <= T, Sum(C, X["x"][T, C] * X["x"][S, C]) / length(C), -inf)
    assert repr(score) == "where((s <= t), (sum(c, (x[t, c] * x[s, c])) / length(c)), -inf)"
    assert repr(-X["x"][T, 0]) == "-(x[t, 0])"


@pytest.mark.parametrize(
    ("e", "kind"),
    [
        (Const(1), "int"),
        (Const(1.0), "float"),
        (T * 2 // 3 % 2, "int"),
        (length(C) - T, "int"),
        (T / 2, "float"),
        (T * 2.0, "float"),
        (exp(T), "float"),
        (T < 2, "bool"),
        ((T < 2) & ~equal(T, 0), "bool"),
        (where(T < 2, T, 0), "int"),
        (where(T < 2, T, 0.0), "float"),
        (X["tokens"][T], "int"),
        (X["x"][T, 0], "float"),
        (ArgMax(C, X["x"][T, C]), "int"),
        (Sum(C, 1), "int"),
        (Max(C, X["x"][T, C]), "float"),
    ],
)
def test_kinds(e, kind: str) -> None:
    assert kind_of(e) == kind


def test_factors_and_nested_sums() -> None:
    a, b, c = X["x"][T, C], X["A"][C, D], X["B"][D]
    assert factors(a * b * c) == [a, b, c]
    assert factors(a * (b * c)) == [a, b, c]
    assert factors(a + b) != [a, b]
    axes, body = nested_sum(Sum(C, Sum(D, c)))
    assert axes == [C, D]
    assert body is c
    assert nested_sum(Max(C, Max(D, c)))[0] == [C]


def test_walk_goes_from_left_to_right() -> None:
    e = X["W_E"][X["tokens"][T], C] + X["B"][D]
    assert [cell.tensor.name for cell in cells(e)] == ["W_E", "tokens", "B"]
    assert next(iter(walk(e))) is e


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda: bool(T < 2), "no truth value"),
        (
            lambda: apply("+", T, "x"),  # type: ignore[arg-type]
            "expected a number or an expression, got 'x'",
        ),
        (lambda: T + True, "got True"),
        (lambda: apply("cosh", T), "unknown operation 'cosh' with 1 arguments; known:"),
        (lambda: apply("+", T), "unknown operation"),
        (lambda: (T < 2) + 1, "expected a number.*where"),
        (lambda: Sum(C, C < 1), "expected a number"),
        (lambda: where(T, 1, 0), "expected a condition, got t"),
        (lambda: (T < 2) & T, "expected a condition"),
        (lambda: X["x"][T], r"x\[t, c\] takes 2 indices, got 1"),
        (lambda: check(X["B"][D], (), where="out"), "out: axis 'd' is not bound; bound here: none"),
        (lambda: check(Sum(D, X["B"][D]), (D,), where="out"), "axis 'd' is reduced over, but is already bound"),
        (lambda: check(X["B"][D * 0.5], (D,), where="out"), r"needs integer indices, got \(d \* 0.5\)"),
    ],
)
def test_what_cannot_mean_anything(write, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        write()


def test_an_axis_is_bound_inside_its_reduction_only() -> None:
    check(Sum(H, X["M"][0, H]) + 1.0, (), where="out")
    with pytest.raises(FormulaError, match="axis 'h' is not bound"):
        check(Sum(H, X["M"][0, H]) + H, (), where="out")

"""Formulas as text and as TeX, in symbols or with numbers filled in.

One walk over the expression serves all four; a ``Style`` says how each construct is written. With
numbers, a sum shows its largest terms and how many more there are, and ``where`` shows the branch that
was taken. ``client/src/formula/print.ts`` writes the same strings; golden files hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cutaway import numbers
from cutaway.axes import KINDS
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Readable, Reduce, Size

TERMS_SHOWN = 3
"""Terms of a sum that are written out with numbers."""

CHOICE, OR, AND, NOT, COMPARE, ADD, REDUCE, MULTIPLY, NEGATE, POWER, ATOM = range(11)
"""How tightly a construct binds; a looser one inside a tighter one stands in parentheses."""

BINDING = {"or": OR, "and": AND, "not": NOT, "+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY} | {
    "//": MULTIPLY, "%": MULTIPLY, "neg": NEGATE, "**": POWER
}  # fmt: skip
BINDING |= dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), COMPARE)


class Values(Protocol):
    """What numbers need: the value of an expression, and the largest terms of a reduction, at a place."""

    def value(self, e: Expr, at: dict[Axis, int]) -> float: ...

    def largest(self, e: Reduce, at: dict[Axis, int], count: int) -> tuple[Expr, list[dict[Axis, int]], int]:
        """The body of the terms, where the ``count`` largest stand, and how many terms there are."""
        ...


@dataclass(frozen=True)
class Style:
    """How constructs are written."""

    tensor: Callable[[Readable], str]
    number: Callable[[str], str]
    """From the text of a number."""
    cell: Callable[[str, list[str]], str]
    size: Callable[[Axis], str]
    infix: dict[str, str]
    parentheses: Callable[[str], str]
    terms: Callable[[str], str]
    """Around the written-out terms of a sum; a line may break inside."""
    call: Callable[[str, list[str]], str]
    """Functions of one or two arguments, by the name of the operation."""
    special: dict[str, Callable[[str, str], str]]
    """Binary operations that are not written between their arguments."""
    choice: Callable[[list[str], str, str], str]
    """From the parts of its condition, of which one is enough, and both branches."""
    choice_binds: int
    since: Callable[[str, bool], str]
    reduction: Callable[[str, str, str], str]
    reduction_binds: int
    more: Callable[[int], str]
    at: Callable[[str, str, int], str]
    """A term of a search for the largest, and where it stands: its text, the axis, the position."""


def tensor_latex(t: Readable) -> str:
    """A tensor's name in TeX: what its architecture says, else its last part in upright letters."""
    own = getattr(getattr(t, "declared", t), "latex", None)
    short = t.name.rsplit(".", 1)[-1]
    escaped = short.replace("_", r"\_")
    return own or (short if len(short) == 1 else rf"\mathrm{{{escaped}}}")


def _letter(axis: Axis) -> str:
    return KINDS[axis.kind].letter if axis.kind in KINDS else axis.name.upper()


_LATEX_NAMES = {"exp": r"\exp", "log": r"\ln", "tanh": r"\tanh", "erf": r"\operatorname{erf}", "sin": r"\sin"} | {
    "cos": r"\cos", "min": r"\min", "max": r"\max", "argmax": r"\operatorname{argmax}", "sum": r"\sum"
}  # fmt: skip


def _latex_call(name: str, args: list[str]) -> str:
    if name == "sqrt":
        return rf"\sqrt{{{args[0]}}}"
    if name == "abs":
        return rf"\left|{args[0]}\right|"
    return rf"{_LATEX_NAMES[name]}\left({', '.join(args)}\right)"


TEXT = Style(
    tensor=lambda t: t.name,
    number=lambda text: text,
    cell=lambda name, indices: f"{name}[{', '.join(indices)}]",
    size=lambda axis: _letter(axis),
    infix={op: f" {op} " for op in BINDING} | {"**": "**"},
    parentheses=lambda inner: f"({inner})",
    terms=lambda inner: f"({inner})",
    call=lambda name, args: f"{name}({', '.join(args)})",
    special={},
    choice=lambda any_of, a, b: f"where({' or '.join(any_of)}, {a}, {b})",
    choice_binds=ATOM,
    since=lambda condition, held: f", since {'' if held else 'not '}{condition}",
    reduction=lambda op, axis, body: f"{ {'sum': 'Sum', 'max': 'Max', 'argmax': 'ArgMax'}[op] }({axis}, {body})",
    reduction_binds=ATOM,
    more=lambda n: f"… {n} more",
    at=lambda term, axis, position: f"{term} at {axis}={position}",
)

_LATEX_OR = r" \\ & \lor "
"""On a line of its own: conditions are what makes choices wide."""

LATEX = Style(
    tensor=tensor_latex,
    number=numbers.latex,
    cell=lambda name, indices: f"{{{name}}}_{{{','.join(indices)}}}",
    size=lambda axis: _letter(axis),
    infix={
        "+": " + ", "-": " - ", "*": r" \cdot ", "%": r" \bmod ", "<": " < ", "<=": r" \le ", ">": " > ",
        ">=": r" \ge ", "==": " = ", "!=": r" \ne ", "and": r" \land ", "or": r" \lor ",
    },
    parentheses=lambda inner: rf"\left({inner}\right)",
    terms=lambda inner: f"({inner})",
    call=_latex_call,
    special={
        "/": lambda a, b: rf"\frac{{{a}}}{{{b}}}",
        "//": lambda a, b: rf"\lfloor {a}/{b} \rfloor",  # a fraction in an index hides their feet
        "**": lambda a, b: f"{{{a}}}^{{{b}}}",
    },
    choice=lambda any_of, a, b: (
        rf"\begin{{cases}} {a} & \text{{if }} {_LATEX_OR.join(any_of)} \\ {b} & \text{{otherwise}} \end{{cases}}"
    ),
    choice_binds=CHOICE,  # its brace has no closing one, so what follows would seem to belong to it
    since=lambda condition, held: rf" \quad \text{{since {'' if held else 'not '}}} {condition}",
    reduction=lambda op, axis, body: rf"{_LATEX_NAMES[op]}_{{{axis}}} {body}",
    reduction_binds=REDUCE,
    more=lambda n: rf"\underbrace{{\cdots}}_{{{n}}}",
    at=lambda term, axis, position: rf"{{{term}}}_{{{axis}={position}}}",
)  # fmt: skip


@dataclass
class Printer:
    """Writes expressions in a style: in symbols, or with the ``values`` at a place filled in."""

    style: Style
    values: Values | None = None

    def equation(self, tensor: Readable, formula: Expr | None, at: dict[Axis, int]) -> str:
        """``cell = formula``; with numbers also ``= value``, and why ``where`` took its branch."""
        cell, style = self._named(tensor, [str(at[a]) if self.values else a.name for a in tensor.axes]), self.style
        if self.values is None:
            return cell if formula is None else f"{cell} = {self.write(formula, at)[0]}"
        value = self.style.number(numbers.shown(self.values.value(Cell(tensor, tensor.axes), at)))
        if formula is None:
            return f"{cell} = {value}"
        reason = ""
        if isinstance(formula, Apply) and formula.op == "where":
            held = self._holds(formula.args[0], at)
            reason = style.since(self._condition(formula.args[0], held, at), held)
            formula = formula.args[1] if held else formula.args[2]
        if isinstance(formula, Cell):  # a copy or a lookup: say of which cell
            place = [str(self.values.value(i, at)) for i in formula.indices]
            return f"{cell} = {self._named(formula.tensor, place)} = {value}{reason}"
        right = self.write(formula, at)[0]
        return f"{cell} = {right}{reason}" if right == value else f"{cell} = {right} = {value}{reason}"

    def _condition(self, e: Expr, held: bool, at: dict[Axis, int]) -> str:
        """Why a choice went one way: all of a condition that held, the first part that did not of one that failed."""
        if held:
            return self.write(e, at)[0]
        while isinstance(e, Apply) and e.op == "and":
            e = e.args[1] if self._holds(e.args[0], at) else e.args[0]
        return self._within(self.write(e, at), COMPARE)

    def _holds(self, e: Expr, at: dict[Axis, int]) -> bool:
        assert self.values is not None
        return bool(self.values.value(e, at))

    def _named(self, tensor: Readable, indices: list[str]) -> str:
        return self.style.cell(self.style.tensor(tensor), indices)

    def write(self, e: Expr, at: dict[Axis, int]) -> tuple[str, int]:
        """The expression and how tightly it binds."""
        match e:
            case Const(value):
                text = numbers.written(value)
                return self.style.number(text), ADD if text.startswith("-") else ATOM
            case Axis(name=name):
                return (str(at[e]) if self.values else name), ATOM
            case Size(axis):
                return (str(int(self.values.value(e, at))) if self.values else self.style.size(axis)), ATOM
            case Cell(tensor, indices):
                if self.values is not None:
                    return self._number(self.values.value(e, at))
                return self.style.cell(self.style.tensor(tensor), [self.write(i, at)[0] for i in indices]), ATOM
            case Reduce():
                return self._reduce(e, at)
            case Apply():
                return self._apply(e, at)
        raise TypeError(f"expected an expression, got {e!r}")

    def _number(self, value: float) -> tuple[str, int]:
        text = numbers.shown(value)
        return self.style.number(text), ADD if text.startswith("-") else ATOM

    def _within(self, written: tuple[str, int], binding: int) -> str:
        text, own = written
        return text if own >= binding else self.style.parentheses(text)

    def _right(self, written: tuple[str, int], binding: int) -> str:
        """A right operand: a leading minus would stand next to the operator."""
        return self.style.parentheses(written[0]) if written[0].startswith("-") else self._within(written, binding)

    def _apply(self, e: Apply, at: dict[Axis, int]) -> tuple[str, int]:
        op, style = e.op, self.style
        if op == "where":
            if self.values is not None:
                return self.write(e.args[1] if self.values.value(e.args[0], at) else e.args[2], at)
            held, other = (self.write(a, at)[0] for a in e.args[1:])
            return style.choice(self._any_of(e.args[0], at), held, other), style.choice_binds
        args = [self.write(a, at) for a in e.args]
        if op == "neg":
            return "-" + self._right(args[0], MULTIPLY), NEGATE
        if op == "not":
            return style.call("not", [args[0][0]]) if style is TEXT else rf"\lnot {self._within(args[0], ATOM)}", ATOM
        if op not in BINDING:
            return style.call(op, [a[0] for a in args]), ATOM
        if op in style.special:
            if op == "**":
                return style.special[op](self._within(args[0], ATOM), args[1][0]), POWER
            if op == "//":
                return style.special[op](self._within(args[0], MULTIPLY), self._within(args[1], ATOM)), ATOM
            return style.special[op](args[0][0], args[1][0]), ATOM
        binding = BINDING[op]
        other = e.args[1].op if isinstance(e.args[1], Apply) else ""
        chains = op in ("+", "and", "or") or (op == "*" and other == "*")
        tighter = binding if chains else binding + 1  # where it chains, the right side stands without parentheses
        left = self._within(args[0], binding + (op == "**" or binding == COMPARE))
        return f"{left}{style.infix[op]}{self._right(args[1], tighter)}", binding

    def _any_of(self, condition: Expr, at: dict[Axis, int]) -> list[str]:
        """The parts of a condition of which one is enough."""
        if isinstance(condition, Apply) and condition.op == "or":
            return [part for each in condition.args for part in self._any_of(each, at)]
        return [self.write(condition, at)[0]]

    def _reduce(self, e: Reduce, at: dict[Axis, int]) -> tuple[str, int]:
        if self.values is None:
            body = self.write(e.body, at)
            inner = body[0] if self.style.reduction_binds == ATOM else self._within(body, REDUCE)
            return self.style.reduction(e.op, e.axis.name, inner), self.style.reduction_binds
        body, places, count = self.values.largest(e, at, TERMS_SHOWN)
        written = [self.write(body, place) for place in places]
        rest = [self.style.more(count - len(places))] if count > len(places) else []
        if e.op == "argmax":  # listed by size, so each says where it stands
            found = [self.style.at(w[0], e.axis.name, place[e.axis]) for w, place in zip(written, places, strict=True)]
            return self.style.call(e.op, found + rest), ATOM
        if e.op != "sum":
            return self.style.call(e.op, [w[0] for w in written] + rest), ATOM
        if len(written) == 1 and not rest:
            return written[0]
        terms = [self._within(written[0], ADD), *(self._right(w, ADD) for w in written[1:])]
        return self.style.terms(" + ".join(terms + rest)), ATOM

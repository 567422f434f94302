"""A small definition in which formulas of every form can be tried, and hypothesis strategies for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from cutaway.definition import Definition, Module, Tensor
from cutaway.evaluate import Plan, backend
from cutaway.formula import FUNCTIONS, ArgMax, Axis, Const, Expr, Max, Sum, apply, as_expr, length, where
from cutaway.model import Model
from cutaway.run import Run
from cutaway.vocabulary import IdsOnly

T = Axis("t", "token", 5, length_of="tokens")
S = Axis("s", "token", 5, length_of="tokens")
C = Axis("c", "channel", 3)
D = Axis("d", "feature", 2)
H = Axis("h", "head", 2)
P = Axis("p", "position", 5)
V = Axis("v", "vocabulary", 3)
VARIABLES = (T, S, C, D, H)
AXES = {a.name: a for a in (*VARIABLES, P, V)}
LETTERS = {"T": T, "C": C, "F": D, "H": H, "P": P, "V": V}
"""How the length of each is printed."""


@dataclass
class Laboratory:
    """Given tensors, and the definition that holds them and one more, ``out``."""

    root: Module
    tensors: dict[str, Tensor]

    def __repr__(self) -> str:
        return "laboratory"

    def definition(self, axes: list[Axis], formula: Expr) -> Definition:
        self.root.activation("out", axes, formula, label="out")
        return Definition("laboratory", "test", self.root, T.size, logits="out")


def laboratory() -> Laboratory:
    """Fresh tensors: token ids, integers to look up with, weights, and activations over tokens."""
    root = Module(label="Laboratory", kind="model")
    tokens = root.input("tokens", [T])
    pick = root.input("pick", [C])
    w_e = root.weight("W_E", [V, C])
    made = [
        root.weight("scalar", []),
        root.weight("A", [C, D]),
        root.weight("B", [D]),
        root.weight("M", [D, H]),
        root.weight("K", [C, D, H]),
        root.weight("W_pos", [P, C]),
        root.activation("x", [T, C], w_e[tokens[T], C]),
        root.activation("y", [S, D], w_e[tokens[S], D + 1] * 0.5),
        root.activation("which", [T], (tokens[T] * 2 + T) % 3, integer=True),
        root.activation("pair", [T, S], Sum(C, w_e[tokens[T], C] * w_e[tokens[S], C])),
    ]
    return Laboratory(root, {t.name: t for t in (tokens, pick, w_e, *made)})


def values(seed: int) -> dict[str, np.ndarray]:
    """Weights, and the integers of ``pick``: small numbers with few digits, zeros among them."""
    rng = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return (rng.integers(-8, 9, shape) / 4).astype(np.float32)

    return {
        "pick": rng.integers(0, D.size, C.size),
        "W_E": some(3, 3), "scalar": some(), "A": some(3, 2), "B": some(2), "M": some(2, 2), "K": some(3, 2, 2),
        "W_pos": some(5, 3),
    }  # fmt: skip


def run_of(definition: Definition, tokens: list[int], weights: dict[str, Any], on: str) -> Run:
    """A run of a definition that has no checkpoint."""
    model, chosen = Model(definition, IdsOnly(3)), backend(on)
    placed = {name: chosen.asarray(np.asarray(w)) for name, w in weights.items()}
    return Run(model, tokens, Plan(definition).run(tokens, placed, chosen), chosen)


@st.composite
def formulas(draw: st.DrawFn, lab: Laboratory) -> tuple[list[Axis], Expr]:
    """Axes of a tensor, and a formula for its cells."""
    axes = draw(st.lists(st.sampled_from(VARIABLES), unique=True, max_size=3))
    return axes, draw(real(lab, tuple(axes), draw(st.integers(1, 4))))


@st.composite
def real(draw: st.DrawFn, lab: Laboratory, bound: tuple[Axis, ...], depth: int) -> Expr:
    """An expression with a real value, over the bound axis variables."""
    free = [a for a in VARIABLES if a not in bound]
    forms = ["cell", "cell", "constant", "integer"]
    if depth > 0:
        forms += ["infix", "infix", "product", "function", "where", "guarded", "power", "extreme"]
        forms += ["sum", "sum", "contraction", "max"] if free else []
        forms += ["routed"] if (T in bound or C in bound) and D not in bound else []
    below = real(lab, bound, depth - 1)
    match draw(st.sampled_from(forms)):
        case "constant":
            return Const(draw(st.sampled_from([0.5, -1.25, 2.0, 0.1, 3.0])))
        case "integer":
            return as_expr(draw(whole(lab, bound, depth - 1)))
        case "infix":
            return apply(draw(st.sampled_from(["+", "-", "*", "/"])), draw(below), draw(below))
        case "product":
            return draw(below) * draw(below) * draw(below)
        case "function":
            return apply(draw(st.sampled_from([*sorted(FUNCTIONS), "neg", "abs"])), draw(below))
        case "power":
            return draw(below) ** draw(st.sampled_from([2, 3, 2.0]))
        case "extreme":
            return apply(draw(st.sampled_from(["min", "max"])), draw(below), draw(below))
        case "where":
            return where(draw(truth(lab, bound, depth - 1)), draw(below), draw(below))
        case "guarded":  # an index that may be out of range, where it is not read
            axis = draw(st.sampled_from([C, D, T]))
            tensor, shift = {C: "B", D: "A", T: "x"}[axis], draw(st.integers(-2, 2))
            index = draw(whole(lab, bound, 0)) + shift
            read = lab.tensors[tensor]
            n = length(read.axes[0])
            places = [index, *(draw(position(lab, bound, other)) for other in read.axes[1:])]
            return where((index >= 0) & (index < n), read[tuple(places)], draw(below))
        case "sum" | "max" as op:
            axis = draw(st.sampled_from(free))
            body = draw(real(lab, (*bound, axis), depth - 1))
            return Sum(axis, body) if op == "sum" else Max(axis, body)
        case "contraction":  # what the lowering turns into a matrix product
            over = draw(st.lists(st.sampled_from(free), unique=True, min_size=1, max_size=2))
            inner = (*bound, *over)
            body: Expr = draw(cell(lab, inner)) * draw(cell(lab, inner))
            if draw(st.booleans()):
                body = body * draw(real(lab, inner, 0))
            for axis in over:
                body = Sum(axis, body)
            return body
        case "routed":  # a product whose matrix is looked up, as for experts
            which = lab.tensors["tokens"][T] if T in bound else lab.tensors["pick"][C]
            row = H if H in bound else draw(position(lab, bound, H))
            return Sum(D, draw(real(lab, (*bound, D), 0)) * lab.tensors["K"][which, D, row])
    return draw(cell(lab, bound))


@st.composite
def cell(draw: st.DrawFn, lab: Laboratory, bound: tuple[Axis, ...]) -> Expr:
    """A cell of a real tensor, all indices in range."""
    tensor = draw(st.sampled_from([t for t in lab.tensors.values() if not t.integer]))
    return tensor[tuple(draw(position(lab, bound, axis)) for axis in tensor.axes)]


def fits(variable: Axis, along: Axis) -> bool:
    """Whether a variable stays in range along an axis, whatever the number of tokens."""
    if variable.dynamic:
        return along in (T, S, P)
    return not along.dynamic and variable.size <= along.size


@st.composite
def position(draw: st.DrawFn, lab: Laboratory, bound: tuple[Axis, ...], along: Axis) -> Expr:
    """An index in range along an axis: a variable that fits, a lookup, or arithmetic brought back by ``%``."""
    fitting = [a for a in bound if fits(a, along)]
    if along in (C, D, V) and C in bound and draw(st.integers(0, 5)) == 0:
        return lab.tensors["pick"][C]
    if along in (C, V) and T in bound and draw(st.integers(0, 5)) == 0:
        return lab.tensors[draw(st.sampled_from(["tokens", "which"]))][T]
    if fitting and draw(st.integers(0, 3)) > 0:
        return draw(st.sampled_from(fitting))
    return draw(whole(lab, bound, 0)) % length(along)


@st.composite
def whole(draw: st.DrawFn, lab: Laboratory, bound: tuple[Axis, ...], depth: int) -> Expr:
    """An expression with an integer value."""
    free = [a for a in VARIABLES if a not in bound]
    forms = ["constant", "size"] + (["axis", "axis"] if bound else [])
    forms += ["tokens"] if T in bound else []
    if depth > 0:
        forms += ["infix", "divide", "extreme", "sign", "where"] + (["argmax", "count"] if free else [])
    below = whole(lab, bound, depth - 1)
    match draw(st.sampled_from(forms)):
        case "axis":
            return draw(st.sampled_from(bound))
        case "size":
            return length(draw(st.sampled_from(VARIABLES)))
        case "tokens":
            return lab.tensors["tokens"][T]
        case "infix":
            return apply(draw(st.sampled_from(["+", "-", "*"])), draw(below), draw(below))
        case "divide":
            return apply(draw(st.sampled_from(["//", "%"])), draw(below), draw(st.integers(1, 3)))
        case "extreme":
            return apply(draw(st.sampled_from(["min", "max"])), draw(below), draw(below))
        case "sign":
            return apply(draw(st.sampled_from(["neg", "abs"])), draw(below))
        case "where":
            return where(draw(truth(lab, bound, 0)), draw(below), draw(below))
        case "argmax":
            axis = draw(st.sampled_from(free))
            return ArgMax(axis, draw(real(lab, (*bound, axis), depth - 1)))
        case "count":
            axis = draw(st.sampled_from(free))
            return Sum(axis, draw(whole(lab, (*bound, axis), 0)))
    return as_expr(draw(st.integers(-2, 3)))


@st.composite
def truth(draw: st.DrawFn, lab: Laboratory, bound: tuple[Axis, ...], depth: int) -> Expr:
    """A condition."""
    compare = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    match draw(st.sampled_from(["whole", "whole", "real"] + (["and", "or", "not"] if depth > 0 else []))):
        case "real":
            return apply(draw(compare), draw(real(lab, bound, 0)), draw(real(lab, bound, 0)))
        case "not":
            return ~draw(truth(lab, bound, depth - 1))
        case "and" | "or" as op:
            return apply(op, draw(truth(lab, bound, depth - 1)), draw(truth(lab, bound, depth - 1)))
    return apply(draw(compare), draw(whole(lab, bound, depth - 1)), draw(whole(lab, bound, depth - 1)))

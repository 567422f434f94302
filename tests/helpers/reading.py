"""Formulas read back from what ``printing`` wrote in its text style, as Python reads them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from cutaway.definition import Tensor
from cutaway.formula import ArgMax, Axis, Expr, Max, Sum, apply, inf, length, where

REDUCTIONS = {"Sum": Sum, "Max": Max, "ArgMax": ArgMax}
BINARY: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.And: "and", ast.Or: "or",
}  # fmt: skip


def read(text: str, tensors: Mapping[str, Tensor], axes: Mapping[str, Axis], letters: Mapping[str, Axis]) -> Expr:
    """The expression that ``text`` means. ``letters``: the letter of a length to its axis."""

    def at(node: Any) -> Any:
        match node:
            case ast.Constant(value):
                return value
            case ast.Name("inf"):
                return inf
            case ast.Name(name) if name in axes:
                return axes[name]
            case ast.Name(name):
                return length(letters[name])
            case ast.Subscript(ast.Name(name), ast.Tuple(indices)):
                return tensors[name][tuple(at(i) for i in indices)]
            case ast.Subscript(ast.Name(name), index):
                return tensors[name][at(index)]
            case ast.Call(ast.Name("where"), [condition, a, b]):
                return where(at(condition), at(a), at(b))
            case ast.Call(ast.Name(name), [ast.Name(axis), body]) if name in REDUCTIONS:
                return REDUCTIONS[name](axes[axis], at(body))
            case ast.Call(ast.Name(name), args):
                return apply(name, *(at(a) for a in args))
            case ast.UnaryOp(ast.USub(), operand):
                value = at(operand)
                return apply("neg", value) if isinstance(value, Expr) else -value
            case ast.UnaryOp(ast.Not(), operand):
                return apply("not", at(operand))
            case ast.BinOp(left, op, right):
                return apply(BINARY[type(op)], at(left), at(right))
            case ast.Compare(left, [op], [right]):
                return apply(BINARY[type(op)], at(left), at(right))
            case ast.BoolOp(op, [first, *rest]):
                value = at(first)
                for other in rest:
                    value = apply(BINARY[type(op)], value, at(other))
                return value
        raise ValueError(f"cannot read {ast.unparse(node)} in {text}")

    return at(ast.parse(text.replace("scalar[]", "scalar[()]"), mode="eval").body)

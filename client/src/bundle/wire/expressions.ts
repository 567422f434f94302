/**
 * Generated from src/cutaway/wire/expressions.py by `python -m cutaway.wire_typescript`. Do not
 * edit.
 *
 * Formulas as they travel: the six kinds of node of `cutaway.formula`.
 */

/** A number. JSON has no infinities or NaN, so these travel as "inf", "-inf" and "nan". */
export type Const = [tag: "const", value: number | string];

/** The value of an axis variable: the integer position along that axis. */
export type Index = [tag: "index", axis: string];

/** The length of an axis in the current run. */
export type Size = [tag: "size", axis: string];

/** One cell of a tensor; each index is an integer expression, one per axis of the tensor. */
export type Cell = [tag: "cell", tensor: string, indices: Expr[]];

/**
 * An element-wise operation. `op` is one of `formula.OPS`: `+ - * / // % ** neg exp sqrt log tanh
 * erf sin cos abs min max < <= > >= == != and or not where`. `where` takes (condition, if true, if
 * false) and reads only the branch it takes.
 */
export type Apply = [tag: "apply", op: string, args: Expr[]];

/** `sum`, `max` or `argmax` of `body` over every position of `axis`. */
export type Reduce = [tag: "reduce", op: string, axis: string, body: Expr];

export type Expr = Const | Index | Size | Cell | Apply | Reduce;

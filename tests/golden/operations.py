"""A definition that uses every operation and every way of reading cells, for the golden files.

No model computes this. The formulas are chosen for what an explanation has to get right: masks inside
sums, branches not taken, indices that are computed or looked up, minus signs and parentheses.
"""

from __future__ import annotations

import math

from cutaway.definition import Definition, Module
from cutaway.formula import (
    ArgMax,
    Axis,
    Max,
    Sum,
    cos,
    equal,
    erf,
    exp,
    inf,
    length,
    log,
    maximum,
    minimum,
    sin,
    sqrt,
    tanh,
    where,
)


def operations() -> Definition:
    """The definition: tokens, three weights and some thirty activations named after what they show."""
    t = Axis("t", "token", 6, length_of="tokens")
    s = Axis("s", "token", 6, length_of="tokens")
    c = Axis("c", "channel", 4)
    d = Axis("d", "channel", 4)
    g = Axis("g", "channel", 4)
    h = Axis("h", "head", 2)
    f = Axis("f", "feature", 3)
    k = Axis("k", "half", 2)
    v = Axis("v", "vocabulary", 5)

    root = Module(label="Operations", kind="model")
    tokens = root.input("tokens", [t], label="tokens")
    table = root.weight("W_E", [v, c], label="table", latex="W^{E}")
    w = root.weight("W", [h, c, f], label="weights")
    b = root.weight("a_long_bias", [f], label="bias")
    square = root.weight("square", [c, d], label="square")

    x = root.activation("x", [t, c], table[tokens[t], c], label="lookup")
    y = root.activation("y", [t, c], x[t, c] * 2.5 - 1.0 / length(t), label="scaled")

    def add(name, axes, formula, role=root.activation):
        role(name, axes, formula, label=name.replace("_", " "))

    add("nested_sum", [t, f], Sum(h, Sum(c, x[t, c] * w[h, c, f])) + b[f])
    add("three_factors", [t, f], Sum(h, Sum(c, y[t, c] * w[h, c, f] * 0.125)) - b[f])
    add("mean", [t], Sum(c, x[t, c]) / length(c), root.statistic)
    add("squares", [t], Sum(c, (x[t, c] - y[t, c]) ** 2) / length(c), root.statistic)
    add("largest", [t], Max(c, x[t, c]), root.statistic)
    add("which", [t], ArgMax(c, x[t, c] * y[t, c]), root.statistic)
    add("causal_sum", [t, c], Sum(s, where(s <= t, x[s, c], 0.0)))
    add("causal_score", [t, s], where(s <= t, Sum(c, x[t, c] * y[s, c]) / sqrt(length(c)), -inf))
    add("signs", [t], Sum(s, Sum(c, where(equal((s + c) % 2, 0), x[s, c], -y[s, c]))))
    add("scattered", [t], Sum(s, Sum(c, where(equal(s * c, 2) | (s > t), x[s, c], 1.0))))
    add("trace", [t], Sum(c, square[c, c] * x[t, c]))
    add("every_other", [t], Sum(k, x[t, 2 * k + 1]))
    add("bag", [c], Sum(t, table[tokens[t], c]))
    add("softmax_like", [t, c], exp(x[t, c] - Max(d, x[t, d])) / Sum(d, exp(x[t, d] - Max(g, x[t, g]))))
    add("inner_maximum", [c], Sum(t, y[t, c] - Max(h, w[h, c, 0])))
    add("shifted", [t, c], where(t > 0, x[t - 1, c], x[t, c] / 2.0))
    add("shifted_sum", [t], Sum(c, where((t > 0) & (c > 0), x[t - 1, c - 1], 0.5)))
    add("rotated", [t, c], y[t, (c + 2) % length(c)] * where(c < length(c) // 2, -1.0, 1.0))
    add("halves", [t, c], x[t // 2, minimum(c, 2)] + x[maximum(t - 2, 0), c])
    add("logic", [t, c], where(~((t < 2) | (c >= 2)) | equal(c, t), x[t, c], -x[t, c]))
    add("circular", [t, c], sin(x[t, c]) * cos(y[t, c]) + tanh(x[t, c]) - erf(y[t, c]))
    add("roots", [t, c], sqrt(exp(x[t, c])) + log(1.0 + exp(-y[t, c])))
    add("bounds", [t, c], minimum(x[t, c], y[t, c]) / (maximum(x[t, c], 0.0) + 1e-5))
    add("minus", [t, c], -(x[t, c] + y[t, c]) - (x[t, c] - y[t, c]) - -x[t, c])
    add("quotients", [t, c], x[t, c] / (y[t, c] / 3.0) * (x[t, c] * y[t, c]) / 7.0)
    add("powers", [t, c], (-x[t, c]) ** 2 * (x[t, c] + 1.0) ** 3 + 2.0 ** x[t, c] + (x[t, c] ** 2) ** 2)
    add("constants", [t, c], x[t, c] * 0.044715 + math.sqrt(2 / math.pi) - 123456.0 + 1e-9 * 1.5e12 * -0.001)
    add("counted", [t], Sum(c, 1.0) + Sum(c, 3.0 * 0.5) + length(t) * 1.0)
    add("positions", [t, c], 10000.0 ** (-(2.0 * (c // 2)) / length(c)) * (t + 1))
    add("one_term", [t, c], x[t, c] * 1.0)
    add("total", [], Sum(t, Sum(c, x[t, c] * y[t, c])), root.statistic)
    add("shares", [t, c], x[t, c] / root.tensors[-1][()])
    root.activation("logits", [t, v], Sum(c, x[t, c] * table[v, c]), label="logits")
    logits = root.tensors[-1]
    best = root.activation("best", [t], ArgMax(v, logits[t, v]), integer=True, label="best")
    root.activation("copied", [t, c], table[(best[t] + 1) % length(v), c] * best[t], label="copied")
    return Definition("operations", "operations", root, context=6, probabilities="logits")

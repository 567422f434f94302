"""Attention (Vaswani et al. 2017, arXiv:1706.03762, section 3.2), with what families vary.

``attend`` is the heart: scores, pattern, attended values, for queries, keys and values however they were
made. ``self_attention`` makes them by one projection each, as nearly all families do.
"""

from __future__ import annotations

from dataclasses import dataclass

from cutaway.definition import Module, Reference, Tensor
from cutaway.formula import Axis, Expr, Sum, inf, length, sqrt, where
from cutaway.parts.functions import soft_capped
from cutaway.parts.linear import linear
from cutaway.parts.norms import head_norm
from cutaway.parts.rotary import Rotary, rotate
from cutaway.parts.softmax import softmax


@dataclass(frozen=True)
class Heads:
    """The axes of attention. With fewer key/value heads than query heads, neighbours share one
    (Ainslie et al. 2023, arXiv:2305.13245)."""

    key_token: Axis
    query: Axis
    key_value: Axis
    channel: Axis

    @property
    def shared(self) -> Expr:
        """The key/value head that a query head reads."""
        per_group = self.query.size // self.key_value.size
        return self.query if per_group == 1 else self.query // per_group


@dataclass(frozen=True)
class HeadNorm:
    """Root mean square norm of queries and keys; ``together``: of all heads of a token at once."""

    epsilon: float
    plus_one: bool = False
    together: bool = False


@dataclass(frozen=True)
class Scoring:
    """How scores come from products of queries and keys."""

    scaled: bool = True
    """Whether they are divided by a root."""
    divisor: float | None = None
    """The number under the root; none: the number of channels of a head."""
    factor: float = 1.0
    """A further factor."""
    causal: bool = True
    """Whether a token reads only itself and those before it; else all."""
    cap: float | None = None
    """Soft cap, see ``soft_capped``."""
    window: int | None = None
    """How many tokens, itself included, a token looks back on; none: all (Beltagy et al. 2020, arXiv:2004.05150)."""
    sinks: bool = False
    """Whether each head has one more score, learned, that takes its share of the pattern and gives nothing
    (Xiao et al. 2023, arXiv:2309.17453)."""


_LETTERS = (
    ("q", "query", "What this token looks for in the others."),
    ("k", "key", "What this token offers to be found by."),
    ("v", "value", "What this token hands on when it is attended to."),
)


def self_attention(
    m: Module,
    x: Tensor,
    heads: Heads,
    *,
    bias: bool,
    scoring: Scoring | None = None,
    rotary: Rotary | None = None,
    norm: HeadNorm | None = None,
    source: Tensor | Reference | None = None,
    bias_of_scores: Tensor | None = None,
) -> Tensor:
    """Attention among the tokens of ``x[t, c]``; with ``source[s, c]`` to the tokens of another stack.

    ``bias_of_scores[h, t, s]`` is added to the scores. Declares ``W_Q b_Q q W_K b_K k W_V b_V v``, then what
    ``attend`` declares; returns ``z[t, h, a]``, which the caller projects with ``project_heads``.
    """
    t, c = x.axes
    a = heads.channel
    read = x if source is None else source
    made: dict[str, Tensor] = {}
    for letter, label, about in _LETTERS:
        upper = letter.upper()
        n, h = (t, heads.query) if letter == "q" else (heads.key_token, heads.key_value)
        w = m.weight(
            f"W_{upper}",
            [h, c, a],
            label=f"{label} weights",
            latex=f"W^{{{upper}}}",
            about=f"Make the {label} of each head from a token's vector.",
        )
        b = m.weight(f"b_{upper}", [h, a], label=f"{label} bias", latex=f"b^{{{upper}}}") if bias else None
        of = (x if letter == "q" else read)[n, c]
        made[letter] = m.activation(
            letter, [n, h, a], linear(of, [c], w[h, c, a], b[h, a] if b else None), label=label, about=about
        )
    q, k = made["q"], made["k"]
    if norm is not None:
        over = 2 if norm.together else 1
        q = head_norm(m, "q_norm", q, epsilon=norm.epsilon, plus_one=norm.plus_one, over=over)
        k = head_norm(m, "k_norm", k, epsilon=norm.epsilon, plus_one=norm.plus_one, over=over)
    if rotary is not None:
        q = rotate(m, "rot_q", q, rotary, label="rotated query")
        k = rotate(m, "rot_k", k, rotary, label="rotated key")
    dot: Expr = Sum(a, q[t, heads.query, a] * k[heads.key_token, heads.shared, a])
    if bias_of_scores is not None:
        dot = dot + bias_of_scores[heads.query, t, heads.key_token]
    is_biased = bias_of_scores is not None
    return attend(m, dot, made["v"], heads, token=t, scoring=scoring or Scoring(), biased=is_biased)


def attend(
    m: Module, dot: Expr, v: Tensor, heads: Heads, *, token: Axis, scoring: Scoring, biased: bool = False
) -> Tensor:
    """Scores, pattern and attended values: ``attn_scores pattern z``; returns ``z[t, h, a]``.

    ``dot``: the product of query ``t`` and key ``s`` of head ``h``, ``biased`` by their distance or not.
    ``v[s, g, a]``: the values.
    """
    t, s, h = token, heads.key_token, heads.query
    a = v.axes[-1]
    score = dot
    if scoring.scaled:
        score = score / sqrt(length(heads.channel) if scoring.divisor is None else scoring.divisor)
    if scoring.factor != 1.0:
        score = score * scoring.factor
    score = soft_capped(score, scoring.cap)
    about = "How well each query matches each key" + (", and how near the two are" if biased else "")
    if scoring.scaled and scoring.factor != 1.0:
        about += f", multiplied by {scoring.factor:.4g}"
        about += " to keep peaks in a long text" if scoring.factor > 1 else ""
    if scoring.cap is not None:
        about += f", softly kept between -{scoring.cap:g} and {scoring.cap:g}"
    if scoring.causal:
        seen = s <= t if scoring.window is None else (s <= t) & (t - s < scoring.window)
        score = where(seen, score, -inf)
        about += "; a token cannot look at those after it"
    scores = m.activation(
        "attn_scores",
        [h, t, s],
        score,
        label="attention scores",
        about=about + ("." if scoring.window is None else f", nor more than {scoring.window - 1} back."),
    )
    sink = None
    if scoring.sinks:
        sink = m.weight(
            "sinks", [h], label="attention sink", about="A score that takes its share of attention and gives nothing."
        )
    pattern = softmax(
        m,
        scores,
        s,
        name="pattern",
        label="attention pattern",
        about="How much each token attends to each of those it sees"
        + (", a share of 1." if sink is None else ": a share of 1, of which the sink takes some."),
        sink=sink,
    )
    return m.activation(
        "z",
        [t, h, a],
        Sum(s, pattern[h, t, s] * v[s, heads.shared, a]),
        label="attended values",
        about="The values of the tokens attended to, weighted by the pattern.",
    )


def project_heads(
    m: Module,
    z: Tensor,
    channel: Axis,
    *,
    bias: bool = True,
    into: tuple[Module, str] | None = None,
    label: str = "attention output",
    adds: str = "attention",
) -> Tensor:
    """All heads' ``z[t, h, a]`` back into the width of the stream: ``out[t, c]``, or what ``into`` names.

    ``label``: what it is called; ``adds``: what it is that adds it to the stream.
    """
    t, h, a = z.axes
    c = channel
    w = m.weight(
        "W_O",
        [h, a, c],
        label="projection weights",
        latex="W^{O}",
        about="Bring what each head found into the width of the stream, where it is added up.",
    )
    b = m.weight("b_O", [c], label="projection bias", latex="b^{O}") if bias else None
    parent, name = into or (m, "out")
    return parent.activation(
        name,
        [t, c],
        linear(z[t, h, a], [h, a], w[h, a, c], b[c] if b else None),
        label=label,
        about=f"What {adds} adds to the residual stream." if into else "What attention found, in the stream's width.",
    )

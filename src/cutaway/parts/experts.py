"""Mixture of experts (Shazeer et al. 2017, arXiv:1701.06538; Fedus et al. 2021, arXiv:2101.03961).

A router scores all experts; those whose score is among the largest are computed, and only those: the axis
``k`` of their hidden units counts choices, not experts, and ``expert_indices[t, k]`` says which expert a
choice is. So what is not chosen has no cells at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cutaway.definition import Module, Tensor
from cutaway.formula import ArgMax, Axis, Cell, Expr, Sum, equal, inf, where
from cutaway.parts.functions import ACTIVATIONS, sigmoid
from cutaway.parts.linear import linear
from cutaway.parts.softmax import softmax


@dataclass(frozen=True)
class Experts:
    """The axes of a mixture of experts."""

    expert: Axis
    other: Axis
    """A second variable over the experts, for comparing one with another."""
    choice: Axis
    feature: Axis

    @staticmethod
    def of(*, experts: int, chosen: int, feature: Axis) -> Experts:
        """Axes ``e j k`` of these sizes, and the hidden units of one expert."""
        return Experts(Axis("e", "expert", experts), Axis("j", "expert", experts), Axis("k", "choice", chosen), feature)


def router_logits(m: Module, x: Tensor, experts: Experts, *, bias: bool = False) -> Tensor:
    """``router_logits[t, e]``: a score for each expert."""
    t, c = x.axes
    e = experts.expert
    w = m.weight(
        "W_router",
        [c, e],
        label="router weights",
        latex=r"W^{\mathrm{router}}",
        about="One vector per expert: what tokens it is for.",
    )
    b = m.weight("b_router", [e], label="router bias", latex=r"b^{\mathrm{router}}") if bias else None
    return m.activation(
        "router_logits",
        [t, e],
        linear(x[t, c], [c], w[c, e], b[e] if b else None),
        label="router scores",
        about="How well each expert suits this token.",
    )


def better(score: Tensor, place: Expr, than: Expr) -> Expr:
    """Whether the score at one place is larger than at another; of equal ones the first is better."""
    t = score.axes[0]
    return (score[t, place] > score[t, than]) | (equal(score[t, place], score[t, than]) & (place < than))


def _rank(
    m: Module, name: str, score: Tensor, other: Axis, *, label: str, about: str, among: Expr | None = None
) -> Tensor:
    """``name[t, e]``: how many places along ``other``, of those ``among``, have a better ``score[t, e]``."""
    t, e = score.axes
    is_better = better(score, other, e)
    counted = is_better if among is None else among & is_better
    return m.statistic(name, [t, e], Sum(other, where(counted, 1, 0)), integer=True, label=label, about=about)


def chosen_experts(m: Module, score: Tensor, experts: Experts) -> Tensor:
    """``expert_indices[t, k]``: the experts of largest ``score[t, e]``, the best first."""
    t, e = score.axes
    j, k = experts.other, experts.choice
    rank = _rank(
        m, "expert_rank", score, j, label="rank", about="How many experts suit this token better; 0 is the best."
    )
    return m.activation(
        "expert_indices",
        [t, k],
        ArgMax(e, where(equal(rank[t, e], k), 1, 0)),
        integer=True,
        label="chosen experts",
        about="The numbers of the experts that compute this token: those ranked first. The others compute nothing.",
    )


def in_best_groups(m: Module, score: Tensor, experts: Experts, *, groups: int, kept: int) -> Tensor:
    """``admitted[t, e]``: the score of experts in the best groups, minus infinity elsewhere.

    A group is as good as its two best experts together (DeepSeek-V3, arXiv:2412.19437, section 2.1.2).
    """
    t, e = score.axes
    j, size = experts.other, e.size // groups
    b, other = Axis("b", "expert group", groups), Axis("i", "expert group", groups)
    rank = _rank(
        m,
        "rank_in_group",
        score,
        j,
        among=equal(j // size, e // size),
        label="rank in its group",
        about="How many experts of the same group suit this token better.",
    )
    total = m.statistic(
        "group_score",
        [t, b],
        Sum(e, where(equal(e // size, b) & (rank[t, e] < 2), score[t, e], 0.0)),
        label="score of a group",
        about="The two best experts of the group together.",
    )
    about = "How many groups suit this token better."
    group_rank = _rank(m, "group_rank", total, other, label="rank of a group", about=about)
    return m.activation(
        "admitted",
        [t, e],
        where(group_rank[t, e // size] < kept, score[t, e], -inf),
        label="admitted scores",
        about=f"Scores of the experts in the {kept} best groups; the others cannot be chosen.",
    )


def sigmoid_router(
    m: Module, x: Tensor, experts: Experts, *, groups: int, kept: int, normalized: bool, factor: float
) -> tuple[Tensor, Tensor]:
    """Each expert's chance by itself, chosen with a learned correction and within groups, as in DeepSeek-V3."""
    logits = router_logits(m, x, experts)
    t, e = logits.axes
    chances = m.activation(
        "router_probs",
        [t, e],
        sigmoid(logits[t, e]),
        label="router chances",
        about="How well each expert suits this token, from 0 to 1.",
    )
    correction = m.weight(
        "b_choice", [e], label="choice bias", about="Added for the choice alone, so that all experts get work."
    )
    score = m.activation(
        "choice_score",
        [t, e],
        chances[t, e] + correction[e],
        label="scores for the choice",
        about="What the choice of experts goes by.",
    )
    if groups > 1:
        score = in_best_groups(m, score, experts, groups=groups, kept=kept)
    indices = chosen_experts(m, score, experts)
    return indices, expert_weights(m, chances, indices, normalized=normalized, factor=factor, epsilon=1e-20)


def softmax_router(m: Module, x: Tensor, experts: Experts, *, normalized: bool) -> tuple[Tensor, Tensor]:
    """Chances of all experts, the largest chosen, as in Mixtral; ``normalized``: their weights add up to 1.

    Returns ``expert_indices[t, k]`` and ``expert_weights[t, k]``.
    """
    logits = router_logits(m, x, experts)
    _, e = logits.axes
    chances = softmax(
        m, logits, e, name="router_probs", label="router chances", about="The share of each expert, before the choice."
    )
    indices = chosen_experts(m, chances, experts)
    return indices, expert_weights(m, chances, indices, normalized=normalized)


def top_softmax_router(m: Module, x: Tensor, experts: Experts, *, bias: bool) -> tuple[Tensor, Tensor]:
    """The largest logits chosen, then softmax among those alone, as in gpt-oss."""
    logits = router_logits(m, x, experts, bias=bias)
    (t, _), k = logits.axes, experts.choice
    indices = chosen_experts(m, logits, experts)
    chosen = m.activation(
        "chosen_logits",
        [t, k],
        logits[t, indices[t, k]],
        label="scores of the chosen",
        about="The router's scores of the chosen experts.",
    )
    weights = softmax(
        m, chosen, k, name="expert_weights", label="expert weights", about="How much each chosen expert counts."
    )
    return indices, weights


def expert_weights(
    m: Module, chances: Tensor, indices: Tensor, *, normalized: bool, factor: float = 1.0, epsilon: float = 0.0
) -> Tensor:
    """``expert_weights[t, k]``: the ``chances[t, e]`` of the chosen, divided by their sum if ``normalized``."""
    t, k = indices.axes
    value: Expr = chances[t, indices[t, k]]
    if normalized:
        total: Expr = Sum(k, chances[t, indices[t, k]])
        chosen_sum = m.statistic(
            "chosen_sum",
            [t],
            total + epsilon if epsilon else total,
            label="sum of the chosen",
            about="What the chosen experts' shares are divided by, so that they add up to 1.",
        )
        value = value / chosen_sum[t]
    return m.activation(
        "expert_weights",
        [t, k],
        value * factor if factor != 1.0 else value,
        label="expert weights",
        about="How much each chosen expert counts.",
    )


def gated(activation: str) -> Callable[[Cell, Cell], Expr]:
    """The usual gate: ``activation(pre) * pre_linear``."""
    return lambda pre, pre_linear: ACTIVATIONS[activation](pre) * pre_linear


def routed_experts(
    m: Module,
    x: Tensor,
    experts: Experts,
    indices: Tensor,
    weights: Tensor,
    *,
    gate: Callable[[Cell, Cell], Expr],
    into: tuple[Module, str],
    bias: bool = False,
) -> Tensor:
    """Gated perceptrons of the chosen experts, and their weighted sum, which ``into`` names.

    Declares ``W_gate W_in W_out`` of all experts, ``pre pre_linear post`` and ``expert_out`` of the chosen.
    """
    t, c = x.axes
    e, k, f = experts.expert, experts.choice, experts.feature
    n = indices[t, k]
    whose = f"Of all {e.size} experts; only those of the {k.size} chosen for a token are read."

    def hidden(name: str, short: str, what: str, label: str, about: str) -> Tensor:
        latex = rf"W^{{\mathrm{{{short}}}}}"
        w = m.weight(f"W_{short}", [e, c, f], label=f"{what} weights", latex=latex, about=whose)
        b = m.weight(f"b_{short}", [e, f], label=f"{what} bias", latex=rf"b^{{\mathrm{{{short}}}}}") if bias else None
        formula = linear(x[t, c], [c], w[n, c, f], b[n, f] if b else None)
        return m.activation(name, [t, k, f], formula, label=label, about=about)

    about = "How far each hidden unit of a chosen expert is opened, before the activation function."
    pre = hidden("pre", "gate", "gate", "gate", about)
    about = "Hidden units of the chosen experts, before their gates."
    pre_linear = hidden("pre_linear", "in", "expansion", "hidden, before gate", about)
    post = m.activation(
        "post",
        [t, k, f],
        gate(pre[t, k, f], pre_linear[t, k, f]),
        label="hidden, gated",
        about="Hidden units of the chosen experts, gated.",
    )
    w_out = m.weight(
        "W_out",
        [e, f, c],
        label="contraction weights",
        latex=r"W^{\mathrm{out}}",
        about=whose,
    )
    b_out = m.weight("b_out", [e, c], label="contraction bias", latex=r"b^{\mathrm{out}}") if bias else None
    out = m.activation(
        "expert_out",
        [t, k, c],
        linear(post[t, k, f], [f], w_out[n, f, c], b_out[n, c] if b_out else None),
        label="expert output",
        about="What each chosen expert makes of the token.",
    )
    parent, name = into
    return parent.activation(
        name,
        [t, c],
        Sum(k, weights[t, k] * out[t, k, c]),
        label="experts' output",
        about="The chosen experts' outputs, weighted and added up.",
    )

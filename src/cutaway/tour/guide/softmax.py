"""Chapter 9: softmax in depth: shares, stability, temperature."""

from __future__ import annotations

from cutaway.formula import ArgMax
from cutaway.tour import Block, Chapter, Model, chapter
from cutaway.tour.tensor_view import Cells, TensorView


def first_of(c: Chapter, *lists: TensorView) -> list[TensorView | Cells]:
    """Of lists with an entry for each token of the vocabulary what a camera can show of it: with no run to make them
    narrow they are as wide as the text is long, and the first entries are seen; all of them would be a thread."""
    if c.has_values:
        return [*lists]
    top = slice(0, min(c.size("channel"), c.model.probs.axis("vocabulary").size))
    return [x.at(vocabulary=top) for x in lists]


@chapter("softmax", title="Softmax in depth")
def softmax(c: Chapter, model: Model, block: Block) -> None:
    c.needs("probs" in model, "predictions of tokens")
    logits, probs = model.logits, model.probs
    largest, total = model.logits_max, model.logits_expsum
    scores, pattern = block.attn.attn_scores, block.attn.pattern
    spot = c.spot
    (last,) = spot.values()
    v = probs.axis("vocabulary")
    best = ArgMax(v, logits.tensor[last, v])
    c.about(probs, pattern)
    c.begin((logits | probs | largest | total | pattern).others.opacity(0.12))

    c.say(
        """
        Twice the machine has a list of numbers and needs *shares*: to divide a token's {pattern|attention}, and at
        the very end to turn {logits|scores of tokens} into {probs|chances}. Both times it uses softmax.

        $$p_i = \\frac{e^{x_i}}{\\sum_j e^{x_j}}$$
        """,
        pattern=pattern,
        logits=logits,
        probs=probs,
    )
    c.play(c.camera.frame(*first_of(c, logits, probs), c.chart, azimuth=-0.15, margin=1.1), seconds=1.5)
    c.play(c.flow(logits, probs), seconds=1.0)
    c.stop()

    c.say(
        """
        The exponential makes every number positive, and keeps their order. And it turns *differences* into *ratios*:
        one more in the score is $e \\approx 2.7$ times the share, wherever one starts. For the most likely token,
        {best:token}: score {x}, chance {p:percent}.
        """,
        best=best,
        x=logits.tensor[last, best],
        p=probs.tensor[last, best],
    )
    card, winner = c.card(probs), c.card(probs[last, best])
    c.play(logits.at(**spot).highlight(), card.appear(), seconds=0.6)
    c.play(probs.sweep(**spot), seconds=3.0, ease="linear")
    c.play(card.vanish(), winner.appear(), probs[last, best].highlight(), seconds=0.4)
    c.stop()

    c.say(
        """
        There is a trap. $e^{100}$ is a number with 44 digits, and float32 ends at $3.4 \\cdot 10^{38}$: from $e^{89}$
        on it says *infinity*, and infinity over infinity is no number at all. So the {m|largest score}, here {x}, is
        subtracted from all first.

        Nothing changes: $e^{x-m} = e^{x} / e^{m}$, and $e^{m}$ cancels. But now the largest exponent is 0, and the
        sum {s} lies between 1 and {V}. Try it: shift all scores, with and without the subtraction.
        """,
        without="""
        There is a trap. $e^{100}$ is a number with 44 digits, and float32 ends at $3.4 \\cdot 10^{38}$: from $e^{89}$
        on it says *infinity*, and infinity over infinity is no number at all. So {m|the largest score} is subtracted
        from all first.

        Nothing changes: $e^{x-m} = e^{x} / e^{m}$, and $e^{m}$ cancels. But now the largest exponent is 0, and
        {s|the sum} lies between 1 and {V}.
        """,
        m=largest,
        x=largest[last],
        s=total[last],
    )
    c.widget("softmax", logits.at(**spot))
    c.play(winner.vanish(), probs[last, best].highlight(0), largest.highlight(), seconds=0.5)
    c.play(largest.sweep("cell", **spot), seconds=0.8)
    c.play(total.highlight(), *([largest.highlight(0)] if c.has_values else []), seconds=0.4)
    c.play(total.sweep("cell", **spot), seconds=0.8)
    c.once_read(largest.highlight(0), total.highlight(0))
    c.stop()

    c.say(
        """
        **Temperature** divides all scores before softmax. Below 1, differences grow and the winner takes more;
        towards 0 the largest takes all. Above 1 they shrink, until every token is as likely as any other.

        It is no part of the model: whoever *uses* it chooses. The sliders work on the scores of your prompt.
        """,
        without="""
        **Temperature** divides all scores before softmax. Below 1, differences grow and the winner takes more;
        towards 0 the largest takes all. Above 1 they shrink, until every token is as likely as any other.

        It is no part of the model: whoever *uses* it chooses.
        """,
    )
    c.widget("softmax", logits.at(**spot))
    c.play(probs.at(**spot).highlight(), seconds=0.6)
    c.play(probs.sweep("column"), largest.sweep("column"), total.sweep("column"), seconds=2.0, ease="linear")
    c.stop()

    seen = {"x": scores[0, 0, 1], "p": pattern[0, 0, 1]}
    if block.attn.causal:
        c.say(
            """
            In attention it is the same formula, column by column. One thing to notice there: a masked score is {x}, and
            $e^{-\\infty}$ is exactly 0. So the share of what lies in the future is not small. It is *nothing*: {p}.
            """,
            without="""
            In attention it is the same formula, column by column. One thing to notice there: a masked score is
            $-\\infty$, and $e^{-\\infty}$ is exactly 0. So the share of what lies in the future is not small. It is
            *nothing*.
            """,
            **seen,
        )
    else:
        c.say(
            """
            In attention it is the same formula, column by column. Whatever the score, here {x}, no share is ever 0:
            {p:percent}. Softmax never quite forgets anyone.
            """,
            without="""
            In attention it is the same formula, column by column. Whatever the score, no share is ever 0. Softmax never
            quite forgets anyone.
            """,
            **seen,
        )
    c.play(
        logits.at(**spot).highlight(0), probs.at(**spot).highlight(0),
        c.focus(scores, pattern),
        c.camera.frame(scores, pattern, azimuth=-0.3, margin=1.15), seconds=1.6,
    )  # fmt: skip
    c.play(scores[0, 0, 1].highlight(), pattern[0, 0, 1].highlight(), seconds=0.5)
    c.play(pattern.sweep("column"), seconds=2.0, ease="linear")
    c.stop()

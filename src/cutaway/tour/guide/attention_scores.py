"""Steps of the chapter on self-attention, up to the scores: how queries and keys are normed and turned before they
meet, and what is added to a score, bounds it or takes part beside it."""

from __future__ import annotations

from cutaway.formula import Sum
from cutaway.tour import Attention, Chapter
from cutaway.tour.selection import Selection
from cutaway.tour.tensor_view import Cells, TensorView


def on_the_way(c: Chapter, attn: Attention) -> None:
    """Norms of queries and keys, and their turning, where there are such."""
    q, k, last = attn.q, attn.k, c.last
    if "q_norm" in attn and "k_norm" in attn:
        normed, keys = attn.q_norm.result, attn.k_norm.result
        c.say(
            """
            Before they meet, query and key are {norm|normed}, as columns are: divided by their typical size, here {s},
            so that no score grows only because a vector is long. Scores then say how well two vectors *agree*.
            """,
            without="""
            Before they meet, query and key are {norm|normed}, as columns are: divided by their typical size, so that
            no score grows only because a vector is long. Scores then say how well two vectors *agree*.
            """,
            norm=attn.q_norm,
            s=attn.q_norm.scale[(last,) if len(attn.q_norm.scale.tensor.axes) == 1 else (last, 0)],
        )
        card = c.card(normed[last, 0, 0])
        c.play(
            c.camera.frame(q.head(0), k.head(0), normed.head(0), keys.head(0), azimuth=-0.15, margin=1.12),
            (normed.heads(1) | keys.heads(1)).opacity(0.1), card.appear(), seconds=1.2,
        )  # fmt: skip
        c.play(normed.head(0).sweep("row"), seconds=1.6, ease="linear")
        c.play(keys.head(0).sweep("row"), seconds=1.2, ease="linear")
        c.play(card.vanish(), seconds=0.3)
        c.stop()
    if "rot_q" in attn:
        turned, key = attn.rot_q, attn.rot_k
        turning = {"a": c.source(turned[last, 0, 0], turned.reads[0]), "b": turned[last, 0, 0]}
        if "k_rope" in attn:
            c.say(
                """
                Both have a second part, {q|of the query} and {k|of the key}, of {n} numbers. These are *turned*, by an
                angle that grows with the place of the token: {a} becomes {b}. That is how order comes in; the next
                chapter is about it.
                """,
                without="""
                Both have a second part, {q|of the query} and {k|of the key}, of {n} numbers. These are *turned*, by an
                angle that grows with the place of the token. That is how order comes in; the next chapter is about it.
                """,
                q=turned.reads[0],
                k=key.reads[0],
                n=turned.tensor.axes[-1].size,
                **turning,
            )
        else:
            c.say(
                """
                And both are *turned*, by an angle that grows with the place of the token: {a} becomes {b}. That is how
                order comes in; the next chapter is about it.
                """,
                without="""
                And both are *turned*, by an angle that grows with the place of the token. That is how order comes in;
                the next chapter is about it.
                """,
                **turning,
            )
        before = [turned.reads[0], key.reads[0]]
        c.play(
            c.camera.frame(*(x.head(0) for x in (*before, turned, key)), azimuth=-0.15, margin=1.12),
            (turned.heads(1) | key.heads(1)).opacity(0.1), seconds=1.2,
        )  # fmt: skip
        c.play(turned.head(0).sweep("row"), seconds=1.6, ease="linear")
        c.play(key.head(0).sweep("row"), seconds=1.2, ease="linear")
        c.stop()


def search(c: Chapter, attn: Attention) -> None:
    """One score, and what is done to it."""
    scores, last = attn.attn_scores, c.last
    bias = next((x for x in scores.reads if c.parent(x).kind == "position"), None)
    meeting = c.together(*(x.head(0) for x in (*scores.reads, scores) if x is not bias))
    near = attn.first_seen(last)
    met = scores[0, last, near]
    given = {"s": scores, "x": met, "t": near}
    if "k_rope" in attn:
        c.say(
            """
            Now the search. The query of the last token is multiplied with the key of token {t:count}, again a dot
            product: large when the two point the same way. A second one, of {q|the turned} part with {k|its like}, is
            added: where the tokens stand. The {s|score} is {x}.
            """,
            without="""
            Now the search. The query of a token is multiplied with the key of another one, again a dot product: large
            when the two point the same way. A second one, of {q|the turned} part with {k|its like}, is added: where the
            tokens stand. The sum is the {s|score}.
            """,
            q=scores.reads[2],
            k=scores.reads[3],
            **given,
        )
    elif bias is not None:
        c.say(
            """
            Now the search. The query of the last token is multiplied with the key of token 0, again a dot product:
            large when the two point the same way. It is {x}.
            """,
            without="""
            Now the search. The query of a token is multiplied with the key of another one, again a dot product: large
            when the two point the same way.
            """,
            x=scores[0, last, 0].value - bias[0, last, 0].value,
        )
    else:
        c.say(
            """
            Now the search. The query of the last token is multiplied with the key of token {t:count}, again a dot
            product: large when the two point the same way. The {s|score} is {x}.
            """,
            without="""
            Now the search. The query of a token is multiplied with the key of another one, again a dot product: large
            when the two point the same way. That is the {s|score}.
            """,
            **given,
        )
    if attn.divisor is not None:
        products = sum(x.tensor.axes[-1].size for x in scores.reads if c.parent(x).path.startswith(attn.path)) // 2
        c.say(
            """
            It is divided by the root of {n}: sums of {A} products grow with the root of their number, and this takes
            the growth out again.
            """
            if attn.divisor == products
            else """
            It is divided by the root of {n}, a number that was chosen for this model: sums of {A} products grow with
            the root of their number, and this makes them smaller again.
            """,
            n=attn.divisor,
            A=products,
        )
        if attn.sharpening is not None:
            c.say(
                """
                And then it is multiplied by {f}. In a long text many tokens share the attention; larger scores keep
                those apart that matter.
                """,
                f=attn.sharpening,
            )
    elif attn.factor is not None:
        c.say(
            """
            The sum is multiplied by {f}, a number that was chosen for this model: sums of {A} products are large, and
            this makes them small enough to be compared.
            """,
            f=attn.factor,
            A=attn.q.tensor.axes[-1].size,
        )
    score = c.card(met)
    c.play(
        c.focus(meeting, rest=0.08), c.camera.frame(meeting, azimuth=-0.12, margin=1.15), score.appear(), seconds=1.3
    )
    c.dot(met, seconds=6.5, fills=scores.head(0).sweep(token=last, cells=1))
    c.stop()
    c.play(score.vanish(), seconds=0.3)
    if bias is not None:
        _bias_of_places(c, attn, bias, meeting)
    if attn.cap is not None:
        _cap(c, attn, met)


def _bias_of_places(c: Chapter, attn: Attention, bias: TensorView, meeting: Selection) -> None:
    """What is added to a score for how far two tokens are apart."""
    scores, last = attn.attn_scores, c.last
    c.say(
        """
        One number more is added, and it depends only on how far the two tokens are apart: {b}, here {x}. Together
        they are the {s|score}, {y}. That is how order comes in; the next chapter is about it.
        """,
        without="""
        One number more is added, {b}, and it depends only on how far the two tokens are apart. Together they are
        the {s|score}. That is how order comes in; the next chapter is about it.
        """,
        b=bias,
        x=bias[0, last, 0],
        s=scores,
        y=scores[0, last, 0],
    )
    c.play(bias.head(0).opacity(1), c.camera.frame(bias.head(0), azimuth=-0.12, margin=1.4), seconds=1.3)
    c.play(bias[0, last, 0].highlight(), seconds=0.5)
    c.stop()
    c.play(bias[0, last, 0].highlight(0), c.camera.frame(meeting, azimuth=-0.12, margin=1.15), seconds=1.0)


def _cap(c: Chapter, attn: Attention, met: Cells) -> None:
    """How a score is kept in its range."""
    c.say(
        """
        One thing is done to every score before it counts: it is **capped**, softly. $\\tanh$ hardly changes small
        numbers and bends large ones, so that no score leaves the range from -{cap} to {cap}. One token alone can
        then not drown out all others.

        {s:formula}
        """,
        cap=attn.cap,
        s=attn.attn_scores,
    )
    c.play(met.highlight(), seconds=0.5)
    c.once_read(met.highlight(0))
    c.stop()


def sink(c: Chapter, attn: Attention) -> None:
    """A score that takes its share and gives nothing."""
    pattern, s = attn.pattern, attn.pattern.tensor.axes[2]
    c.say(
        """
        One more score takes part in every softmax here, and no token stands behind it: {sinks|a learned number} for
        each head, {x} for head 0. It takes its share and hands on nothing. What is left for the tokens adds up to
        {p:percent}.

        So a head that finds nothing may look at nothing; without this it would have to divide all its attention among
        tokens that do not matter.
        """,
        without="""
        One more score takes part in every softmax here, and no token stands behind it: {sinks|a learned number} for
        each head. It takes its share and hands on nothing.

        So a head that finds nothing may look at nothing; without this it would have to divide all its attention among
        tokens that do not matter.
        """,
        sinks=attn.sinks,
        x=attn.sinks[0],
        p=Sum(s, pattern.tensor[0, c.last, s]),
    )
    card = c.card(attn.attn_scores_expsum[0, c.last])
    c.play(
        c.camera.frame(attn.sinks, attn.attn_scores_expsum.head(0), pattern.head(0), azimuth=-0.12, margin=1.2),
        attn.sinks.opacity(1), attn.sinks.highlight(), card.appear(), seconds=1.2,
    )  # fmt: skip
    c.stop()
    c.play(attn.sinks.highlight(0), card.vanish(), seconds=0.3)

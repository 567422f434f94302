"""Steps of the chapter on self-attention, for what models do differently: norms and turning of queries and
keys, caps, windows, sinks, shared keys and values."""

from __future__ import annotations

from cutaway.formula import Sum
from cutaway.tour import Attention, Chapter
from cutaway.tour.tensor_view import TensorView


def _steps(c: Chapter, attn: Attention, x: TensorView) -> list[TensorView]:
    """What becomes of a query or a key before they meet, without the first and the scores."""
    return c.path(x, attn.attn_scores)[1:-1]


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
        c.say(
            """
            It is divided by the root of {n}: sums of {A} products grow with the root of their number, and this takes
            the growth out again.
            """,
            n=attn.divisor,
            A=sum(x.tensor.axes[-1].size for x in scores.reads if c.parent(x).path.startswith(attn.path)) // 2,
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
    if attn.cap is not None:
        c.say(
            """
            One thing is done to every score before it counts: it is **capped**, softly. $\\tanh$ hardly changes small
            numbers and bends large ones, so that no score leaves the range from -{cap} to {cap}. One token alone can
            then not drown out all others.

            {s:formula}
            """,
            cap=attn.cap,
            s=scores,
        )
        c.play(met.highlight(), seconds=0.5)
        c.play(met.highlight(0), seconds=0.3)
        c.stop()


def who_is_seen(c: Chapter, attn: Attention) -> None:
    """The mask: the past, all, or a window."""
    scores, last = attn.attn_scores, c.last
    if attn.causal and attn.window is not None:
        c.say(
            """
            So the last token gets its scores, one with itself included. In the other columns, one thing is missing: a
            token is never scored against those *behind* it. There stands {x}: the **causal mask**.

            Why? The model learns by predicting the next token at every position at once. If a token could look ahead,
            the answer would be in the question.
            """,
            without="""
            So a token gets its scores, one with itself included. In its column, one thing is missing: it is never
            scored against those *behind* it. There stands $-\\infty$: the **causal mask**.

            Why? The model learns by predicting the next token at every position at once. If a token could look ahead,
            the answer would be in the question.
            """,
            x=scores[0, 0, 1],
        )
    elif attn.causal:
        c.say(
            """
            So the last token gets a score with every token, itself included. In the other columns, one thing is
            missing: a token is scored against those *before* it only. The rest is {x}: the **causal mask**.

            Why? The model learns by predicting the next token at every position at once. If a token could look ahead,
            the answer would be in the question.
            """,
            without="""
            So a token gets a score with every token before it, and with itself. In its column, one thing is missing: it
            is not scored against those *behind* it. The rest is $-\\infty$: the **causal mask**.

            Why? The model learns by predicting the next token at every position at once. If a token could look ahead,
            the answer would be in the question.
            """,
            x=scores[0, 0, 1],
        )
    else:
        c.say(
            """
            So the last token gets a score with every token, itself included. And so does every other one, those before
            it *and* those behind: token 0 gives token 1 a score of {x}. This model reads in both directions.
            """,
            without="""
            So the last token gets a score with every token, itself included. And so does every other one, with those
            before it *and* those behind. This model reads in both directions.
            """,
            x=scores[0, 0, 1],
        )
        if c.has_decoder:
            c.say("It may, for here it only reads: the prompt is all there. What it writes comes later, elsewhere.")
        elif c.predicts == "none":
            c.say("It may, for it is not asked what comes next. It only reads.")
        else:
            c.say("It may, for it is not asked what comes next. What it has to guess is hidden in the prompt itself.")
    c.play(scores.head(0).sweep(token=last), seconds=1.6, ease="linear")
    c.play(scores.head(0).sweep("column"), seconds=2.4, ease="linear")
    c.play(scores[0, 0, 1].highlight(), seconds=0.5)
    c.play(scores[0, 0, 1].highlight(0), seconds=0.3)
    c.stop()

    windowed = [b for b in c.model.blocks if b.attn.window is not None]
    if not windowed:
        return
    there = windowed[0].attn
    far = there.attn_scores
    c.say(
        """
        Nor does it look back for ever: here a token sees itself and the {n} before it, a **sliding window**. What is
        further away is masked like the future. The last token's score for token 0, {d:count} back, is {x}.

        Why? Scores for everything are dear when a text is long. What was further back can still arrive, handed on from
        block to block.
        """,
        n=(there.window or 1) - 1,
        d=last,
        x=far[0, last, 0],
    )
    moves = [c.camera.frame(far.head(0), azimuth=-0.12, margin=1.6)]
    if there is not attn:
        moves.append(there.opacity(1))
    c.play(*moves, seconds=1.2)
    c.play(far[0, last, :].highlight(), seconds=0.5)
    c.stop()
    c.play(far[0, last, :].highlight(0), seconds=0.2)
    if len(windowed) < len(c.model.blocks):
        shown = c.together(*(b.attn.attn_scores for b in windowed))
        c.say(
            """
            Not everywhere, though: {n} of the {L} blocks have this window, and the others look back all the way. So
            most of the work stays small, and nothing is lost for good.
            """,
            n=len(windowed),
        )
        c.play(c.camera.frame(margin=1.0), shown.opacity(1), seconds=1.4)
        c.play(shown.highlight(), seconds=0.6)
        c.stop()
        away = [x for b in windowed if b is not c.around(attn) for x in [b.attn.attn_scores.opacity(0.1)]]
        c.play(shown.highlight(0), *away, seconds=0.5)


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


def all_heads(c: Chapter, attn: Attention) -> None:
    """The other heads, and what they share."""
    q, k, v, scores, pattern, z = attn.q, attn.k, attn.v, attn.attn_scores, attn.pattern, attn.z
    largest, total, last = attn.attn_scores_max, attn.attn_scores_expsum, c.last
    near = attn.first_seen(last)
    steps = [t for x in (q, k) for t in _steps(c, attn, x)]
    if q.block.slabs > 1:
        c.say(
            """
            All of that was *one head*. There are {H} of them, side by side, each with weights of its own: {H} searches
            at once, each for something else. Head 0 gives token {t:count} {p:percent}; look how the others divide their
            attention.
            """,
            t=near,
            p=pattern[0, last, near],
        )
        c.play(c.camera.frame(attn, azimuth=-0.5, elevation=0.2, margin=1.05), attn.opacity(1), seconds=1.4)
        rest = [x.heads(1).sweep("row") for x in (q, k, v) if x.block.slabs > 1]
        c.play(*rest, seconds=1.2, ease="linear")
        turned = [x.heads(1).sweep("row") for x in steps if x.block.slabs > 1]
        if turned:
            c.play(*turned, seconds=0.8, ease="linear")
        c.play(scores.heads(1).sweep("column"), seconds=1.0, ease="linear")
        c.play((largest.heads(1) | total.heads(1)).sweep("cell"), seconds=0.6)
        c.play(pattern.heads(1).sweep("column"), seconds=1.0, ease="linear")
        c.play(z.heads(1).sweep("row"), seconds=1.0, ease="linear")
        c.play(c.focus(pattern), c.camera.frame(pattern, azimuth=-0.75, elevation=0.25, margin=1.25), seconds=1.6)
        c.stop()
    if attn.sharing > 1:
        c.say(
            """
            Count the slabs: {q|queries} have {H}, but {k|keys} and {v|values} only {G}. Always {n} heads **share** one
            key and one value: they ask different questions of the same answers.

            Why? Keys and values have to be kept for every token as long as a text is being written. With fewer of them
            there is less to keep and less to fetch, and hardly anything is lost.
            """,
            q=q,
            k=k,
            v=v,
            G=k.block.slabs,
            n=attn.sharing,
        )
        c.play(c.focus(q, k, v), c.camera.frame(q, k, v, azimuth=-0.6, elevation=0.25, margin=1.15), seconds=1.2)
        shared = q.heads(0, attn.sharing)
        c.play(k.head(0).highlight(), v.head(0).highlight(), shared.highlight(), seconds=0.8)
        c.stop()
        c.play(k.head(0).highlight(0), v.head(0).highlight(0), shared.highlight(0), seconds=0.3)

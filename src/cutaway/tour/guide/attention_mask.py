"""Steps of the chapter on self-attention: who sees whom, be it the past, all, or a window."""

from __future__ import annotations

from collections.abc import Sequence

from cutaway.tour import Attention, Block, Chapter


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
    if c.has_values:
        c.play(scores[0, 0, 1].highlight(), seconds=0.5)
        c.play(scores[0, 0, 1].highlight(0), seconds=0.3)
    else:
        show_column(c, attn)
    c.stop()
    windowed = [b for b in c.model.blocks if b.attn.window is not None]
    if windowed:
        _window(c, attn, windowed)


def show_column(c: Chapter, attn: Attention) -> None:
    """How far a token sees, in one column: without values no cell says that it is masked."""
    middle = c.drawn // 2
    seen = attn.attn_scores[0, middle, (slice(0, middle + 1) if attn.causal else slice(None))]
    c.play(seen.highlight(), seconds=0.5)
    c.once_read(seen.highlight(0))


def _window(c: Chapter, attn: Attention, windowed: Sequence[Block]) -> None:
    """How far back a token looks in the blocks where that is not all the way."""
    last = c.last
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
    seen = far[0, last, :] if c.has_values else far[0, last, slice(there.first_seen(last), last + 1)]
    c.play(seen.highlight(), seconds=0.5)
    c.stop()
    c.play(seen.highlight(0), seconds=0.2)
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

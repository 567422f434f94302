"""The last step of the chapter on self-attention: the other heads, and what they share."""

from __future__ import annotations

from cutaway.tour import Attention, Chapter
from cutaway.tour.tensor_view import TensorView


def _steps(c: Chapter, attn: Attention, x: TensorView) -> list[TensorView]:
    """What becomes of a query or a key before they meet, without the first and the scores."""
    return c.path(x, attn.attn_scores)[1:-1]


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
        if "sinks" in attn:
            c.play(attn.sinks.opacity(0), seconds=0.3)  # seen from here they stand before the pattern
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

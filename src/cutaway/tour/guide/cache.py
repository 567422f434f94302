"""Chapter 11: generation, and what need not be computed again."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from cutaway.formula import Expr, minimum
from cutaway.tour import Attention, Block, Chapter, Model, chapter
from cutaway.tour.costs import Polynomial
from cutaway.tour.selection import Selection


@chapter("key-value-cache", title="Generation and the key-value cache")
def cache(c: Chapter, model: Model, block: Block) -> None:
    attn, stream = block.attn, block.resid_pre
    c.needs(attn.causal and c.predicts == "next", "tokens that are written one by one")
    q, pattern = attn.q, attn.pattern
    k, v = attn.kept[0], attn.kept[-1]
    latent = "kv_latent" in attn
    last, before = c.last, slice(0, c.last)
    c.about(attn)

    c.say(
        """
        Each new token means another run of the whole machine, over a prompt that is longer by one. For {prompt} that
        was {n:count} multiply-adds. For the next token it will be a few more. Is all of that needed?
        """,
        without="""
        Each new token means another run of the whole machine, over a prompt that is longer by one. Is all of that
        needed?
        """,
        n=c.costs.multiply_adds().at(c.tokens),
    )
    c.play(c.camera.frame(margin=1.03), seconds=1.0)
    c.play(c.flow(model.embed, *block.stream), seconds=1.6)
    c.stop()

    same, new = c.costs.cells.at(c.tokens - 1), c.costs.cells.at(c.tokens)
    c.say(
        """
        Recall the causal mask: no token looks at those behind it. So when a token is added at the end, **nothing
        changes in the columns before it**. Not a little: not at all.

        Of the {new:count} numbers of this run, {same:count} are the same as one step earlier. Only {d:count} are new:
        the {col|last column} of everything, and its row of scores.
        """,
        without="""
        Recall the causal mask: no token looks at those behind it. So when a token is added at the end, **nothing
        changes in the columns before it**. Not a little: not at all. Only the {col|last column} of everything is new,
        and its row of scores.
        """,
        same=same,
        new=new,
        d=new - same,
        col=stream.at(token=last),
    )
    c.play(c.camera.frame(block, azimuth=-0.25, margin=1.02), block.others.opacity(0.15), seconds=1.4)
    parts = (*block.stream, q, k, v)
    c.play(*(x.at(token=last).highlight() for x in parts), seconds=0.8)
    c.stop()

    told = {"q": q.at(token=last), "k": k, "v": v}
    if latent:
        c.say(
            """
            What does the new column need of the old ones? Only attention looks sideways. The new {q|query} asks, and
            the old keys and values answer; these can be made from {k} and {v}. The old queries are never asked again;
            the old columns of the MLP are of no use to anyone.
            """,
            **told,
        )
    else:
        c.say(
            """
            What does the new column need of the old ones? Only attention looks sideways. The new {q|query} asks, and
            the old {k|keys} and {v|values} answer. The old queries are never asked again; the old columns of the MLP
            are of no use to anyone.
            """,
            **told,
        )
    c.play(
        *(x.at(token=last).highlight(0) for x in parts), c.focus(q, k, v, pattern),
        c.camera.frame(q, k, v, pattern, azimuth=-0.4, elevation=0.2, margin=1.08), seconds=1.4,
    )  # fmt: skip
    c.play(q.at(token=last).highlight(), seconds=0.5)
    c.play(k.at(token=before).highlight(), v.at(token=before).highlight(), seconds=0.7)
    c.stop()

    _kept(c, attn)
    kv: Selection = k | v
    for each in model.blocks[1:8]:
        kv = kv | each.attn.kept[0] | each.attn.kept[-1]
    # Of a structure the whole is so large that they would be hairs: those of one block are seen.
    seen = [] if c.has_values else attn.kept
    c.play(
        q.at(token=last).highlight(0), k.at(token=before).highlight(0), v.at(token=before).highlight(0),
        c.camera.frame(*seen, margin=1.03), c.focus(kv), seconds=1.4,
    )  # fmt: skip
    c.play(kv.highlight(), seconds=0.6)
    c.stop()

    work = c.costs.multiply_adds()
    written = c.tokens + 1 if c.has_values else c.definition.true_context
    step = Polynomial((work.coefficients[1], work.coefficients[2], 0.0))
    c.say(
        """
        And the gain? Without the cache the next token costs {a:count} multiply-adds, with it {b:count}: the work of
        *one* column instead of {n:count}. The longer the text, the larger the gain. Every chat program does this.
        """,
        without="""
        And the gain? Without the cache token {n} costs {a} multiply-adds, with it {b}: the work of *one* column instead
        of {n}. The longer the text, the larger the gain. Every chat program does this.
        """,
        a=work.at(written),
        b=step.at(written),
        n=written,
    )
    c.play(kv.highlight(0), c.everything.opacity(1), seconds=0.8)
    c.play(c.camera.frame(block, azimuth=-0.25, margin=1.02), seconds=1.2)
    c.play(*(x.at(token=last).highlight() for x in parts), seconds=0.6)
    c.stop()

    windows = [b.attn.window for b in model.blocks if b.attn.window is not None]
    if len(windows) == len(model.blocks):
        c.say("Nothing is free: memory for time. The cache grows with every token, until the window is full.")
    else:
        c.say(
            """
            Nothing is free: memory for time. The cache grows with every token, and for a large model with a long
            context it can outgrow the weights themselves.
            """
        )
    if not latent and attn.sharing == 1 and not windows:
        c.say(
            """
            Hence tricks that you meet in newer models: several heads share one key and value, or only the last few
            thousand tokens are kept.
            """
        )
    c.play(*(x.at(token=last).highlight(0) for x in parts), (k | v).others.opacity(0.15), seconds=0.8)
    c.play((k | v).highlight(), c.camera.frame(k, v, azimuth=-0.6, elevation=0.25, margin=1.2), seconds=1.4)
    c.stop()


def _kept(c: Chapter, attn: Attention) -> None:
    """What is kept of a token, of the prompt, and of the longest text."""
    by_window = c.costs.cache_by_window
    numbers: dict[str, Any] = {"per": c.costs.cache_cells, "n": attn.sharing}
    if "kv_latent" in attn:
        c.say(
            """
            So these two are **kept** from step to step: the *key-value cache*, here in its compressed form. In each of
            the {L} blocks two short vectors: {per} numbers for a token.
            """,
            **numbers,
        )
    elif attn.sharing > 1:
        c.say(
            """
            So these two are **kept** from step to step: the *key-value cache*. In each of the {L} blocks, a key and a
            value for each token, but not for each head: {n} heads share one. That makes {per} numbers for a token;
            without sharing it would be {n} times as much.
            """,
            **numbers,
        )
    else:
        c.say(
            """
            So these two are **kept** from step to step: the *key-value cache*. In each of the {L} blocks, a key and a
            value for each head and token: {per} numbers for a token.
            """,
            **numbers,
        )
    longest = c.definition.true_context
    windowed = [b.attn.window for b in c.model.blocks if b.attn.window is not None]
    told: dict[str, Any] = {
        "w": windowed[0] if windowed else 0,
        "m": len(windowed),
        "all": _sum(per * (c.tokens if w is None else minimum(c.tokens, w)) for w, per in by_window.items()),
        "most": sum(per * min(longest, w or longest) for w, per in by_window.items()),
        "P": c.longest,
    }
    if len(windowed) == len(c.model.blocks):
        c.say("No block looks back on more than {w} tokens, so older ones can be dropped.", **told)
    elif windowed:
        c.say("In {m} of the {L} blocks no token looks back on more than {w}, so older ones can be dropped.", **told)
    c.say(
        "For your prompt that is {all:count} numbers.",
        without="For the {P} tokens of the longest text that is {most} numbers.",
        **told,
    )


def _sum(terms: Iterable[Expr]) -> Expr:
    return reduce(operator.add, terms)

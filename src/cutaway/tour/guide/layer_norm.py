"""Chapter 4: layer norm: mean, variance, scale and shift; one column slowly, then all."""

from __future__ import annotations

from typing import Any

from cutaway.formula import sqrt
from cutaway.tour import Block, Chapter, chapter


@chapter("layer-norm", title="Layer norm")
def layer_norm(c: Chapter, block: Block) -> None:
    c.needs(bool(block.norms) and "mean" in block.norms[0], "norm that subtracts a mean")
    norm = block.norms[0]
    stream, mean, var, out = norm.reads[0], norm.mean, norm.var, norm.result
    weights = norm.some("w", "b")
    last = c.last
    c.about(norm)
    c.begin((norm | stream | out).others.opacity(0.12))

    if norm.place == "before":
        c.say(
            """
            Before a part of the machine reads the {stream|residual stream}, it brings each column to a common scale.
            That is a *layer norm*.
            """,
            stream=stream,
        )
    else:
        c.say(
            """
            When a part has added to the {stream|residual stream}, each column is brought to a common scale before it
            goes on. That is a *layer norm*.
            """,
            stream=stream,
        )
    c.say(WHY)
    c.play(c.camera.frame(norm, stream, out, azimuth=-0.15, margin=1.1), seconds=1.5)
    c.play(c.flow(stream, out), seconds=1.2)
    c.stop()

    c.say(
        """
        Take the last token. First the **mean** of its {C} numbers: add them all up and divide by {C}. It is {m}.

        {mean:formula}
        """,
        m=mean[last],
        mean=mean,
    )
    card = c.card(mean[last])
    column = stream.at(token=last)
    top = slice(0, min(14, c.size("channel")))
    above = (mean, var, out.at(channel=top))
    c.play(column.highlight(), seconds=0.5)
    copy, leaves = c.fly(column, (out.block.x + last, out.block.y, out.block.z - 5))
    c.play(leaves, card.appear(), seconds=1.4)
    c.play(copy.move(y=mean.block.y), c.camera.frame(*above, azimuth=-0.12, margin=1.3), seconds=1.4)
    c.play(mean.sweep("cell", token=last), copy.vanish(), mean[last].highlight(), seconds=0.8)
    c.stop()

    c.say(
        """
        Then the **variance**: how far the numbers are from their mean. Each difference is squared, so that above and
        below count alike, and these {C} squares are averaged: {v}. Its square root, {s}, is a typical distance from
        the mean.

        {var:formula}
        """,
        without="""
        Then the **variance**: how far the numbers are from their mean. Each difference is squared, so that above and
        below count alike, and these {C} squares are averaged. The square root of that is a typical distance from the
        mean.

        {var:formula}
        """,
        v=var[last],
        s=sqrt(var[last].value),
        var=var,
    )
    second = c.card(var[last])
    c.play(card.vanish(), second.appear(), seconds=0.5)
    c.play(var.sweep("cell", token=last), var[last].highlight(), seconds=1.4)
    c.stop()

    c.say(
        """
        Now cell by cell: subtract the mean, divide by that typical distance. The column then has mean 0 and variance
        1, whatever it had before. (The tiny $\\varepsilon$ under the root keeps us from dividing by zero.)
        """
    )
    follow = c.card(out)
    c.play(second.vanish(), follow.appear(), c.camera.frame(norm, stream, out, azimuth=-0.15, margin=1.1), seconds=1.2)
    c.play(out.sweep(token=last), seconds=6.0, ease="linear")
    c.stop()

    if "w" in norm:
        c.say(
            """
            You may have seen two more numbers in that formula: {scale|a scale} and {shift|a shift} for each channel,
            learned like any weight. In channel 0 they are {w} and {b}. So the norm takes the size of a column away, and
            training decides how much of what to give back.
            """,
            scale=norm.w,
            shift=norm.b,
            w=norm.w[0],
            b=norm.b[0],
        )
        marked = [norm.w[0], norm.b[0], out[last, 0]]
    else:
        c.say(
            """
            Many models then multiply each channel by a learned number. This one does not: what comes out here,
            {x} in channel 0, has no weight of its own behind it.
            """,
            without="""
            Many models then multiply each channel by a learned number. This one does not: what comes out here has no
            weight of its own behind it.
            """,
            x=out[last, 0],
        )
        marked = [out[last, 0]]
    c.play(
        follow.vanish(), weights.highlight(), mean[last].highlight(0), var[last].highlight(0), seconds=0.7,
    )  # fmt: skip
    c.play(*(x.highlight() for x in marked), seconds=0.6)
    c.stop()

    c.say(
        """
        All other columns the same way, each by itself. No token has looked at another one yet; in a layer norm none
        ever does.
        """
    )
    how_many(c)
    c.play(
        weights.highlight(0), *(x.highlight(0) for x in marked), column.highlight(0), seconds=0.4,
    )  # fmt: skip
    c.play(mean.sweep("column"), var.sweep("column"), out.sweep("row").after(0.4), seconds=2.6, ease="linear")
    c.stop()


WHY = """
Why bother? Every block adds to the stream, so its numbers drift and grow. Products of large numbers are larger still,
and soon training would shake itself apart. With the norm, each part always sees numbers of the same size.
"""


def how_many(c: Chapter) -> None:
    """How many norms of this kind there are, and where."""
    each = {len(b.norms) for stack in c.model.stacks for b in stack}
    outside = [n for n in c.norms if n.layer is None]
    numbers: dict[str, Any] = {"n": len(c.norms), "each": min(each), "rest": len(outside)}
    if len(each) > 1:
        c.say("There are {n} such norms in this model.", **numbers)
    elif outside:
        c.say("There are {n} such norms in this model: {each} in each block, and {rest} outside of them.", **numbers)
    else:
        c.say("There are {n} such norms in this model: {each} in each block.", **numbers)
    inner = {len(b.attn.parts("norm")) for stack in c.model.stacks for b in stack}
    if inner != {0}:
        c.say("Attention has norms of its own besides, {m} in each block; they come with it.", m=max(inner))

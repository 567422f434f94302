"""Chapter 4, for models that do without the mean: root mean square norm; one column slowly, then all."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter
from cutaway.tour.guide.layer_norm import WHY, how_many
from cutaway.tour.selection import Selection

WHY_ADDED = """
Why bother? Every block adds to the stream. A part whose results grew and grew would soon drown all others, and training
would shake itself apart. With the norm, each part adds numbers of the same size, however long the columns that it read.
"""


@chapter("rms-norm", title="RMS norm")
def rms_norm(c: Chapter, block: Block) -> None:
    c.needs(bool(block.norms) and "mean" not in block.norms[0], "norm without a mean")
    norm = block.norms[0]
    x, size, out, scale = norm.reads[0], norm.scale, norm.result, norm.w
    last = c.last
    c.about(norm)
    c.begin((norm | x | out).others.opacity(0.12))

    if norm.place == "before":
        c.say(
            """
            Before a part of the machine reads the {x|residual stream}, it brings each column to a common scale. That
            is a *norm*; this one is called *RMS norm*.
            """,
            x=x,
        )
    else:
        c.say(
            """
            What a part has made, {x|here attention}, is brought to a common scale before it is added to the residual
            stream. That is a *norm*; this one is called *RMS norm*.
            """,
            x=x,
        )
    c.say(WHY if any(n.place == "before" for n in block.norms) else WHY_ADDED)
    c.play(c.camera.frame(norm, x, out, azimuth=-0.15, margin=1.1), seconds=1.5)
    c.play(c.flow(x, out), seconds=1.2)
    c.stop()

    c.say(
        """
        Take the last token. Its {C} numbers are squared, so that above and below zero count alike; the squares are
        averaged; and the root of that, {m}, is the **root mean square**: how large a number of this column typically
        is.

        {size:formula}
        """,
        without="""
        Take one token. Its {C} numbers are squared, so that above and below zero count alike; the squares are averaged;
        and the root of that is the **root mean square**: how large a number of this column typically is.

        {size:formula}
        """,
        m=size[last],
        size=size,
    )
    card = c.card(size[last])
    column = x.at(token=last)
    c.play(column.highlight(), seconds=0.5)
    copy, leaves = c.fly(column, (out.block.x + last, out.block.y, out.block.z - 5))
    c.play(leaves, card.appear(), seconds=1.4)
    above = (size, out.at(channel=slice(0, min(14, c.size("channel")))))
    c.play(copy.move(y=size.block.y), c.camera.frame(*above, azimuth=-0.12, margin=1.3), seconds=1.4)
    c.play(size.sweep("cell", token=last), copy.vanish(), size[last].highlight(), seconds=0.8)
    c.stop()

    c.say(
        """
        Now cell by cell: divide by it. The column keeps its direction and gets a common length, whatever it had
        before. (The tiny $\\varepsilon$ under the root keeps us from dividing by zero.)
        """
    )
    follow = c.card(out)
    c.play(card.vanish(), follow.appear(), c.camera.frame(norm, x, out, azimuth=-0.15, margin=1.1), seconds=1.2)
    c.play(out.sweep(token=last), seconds=6.0, ease="linear")
    c.stop()

    if norm.from_one:
        c.say(
            """
            There is one more factor in that formula: {scale|a scale} for each channel, learned like any weight. It is
            stored as its distance from 1: in channel 0 as {w}, so the factor is {f}. The norm takes the size of a
            column away, and training decides how much of which channel to give back.
            """,
            without="""
            There is one more factor in that formula: {scale|a scale} for each channel, learned like any weight. It is
            stored as its distance from 1. The norm takes the size of a column away, and training decides how much of
            which channel to give back.
            """,
            scale=scale,
            w=scale[0],
            f=1 + scale[0].value,
        )
    else:
        c.say(
            """
            There is one more factor in that formula: {scale|a scale} for each channel, learned like any weight. In
            channel 0 it is {w}. The norm takes the size of a column away, and training decides how much of which
            channel to give back.
            """,
            scale=scale,
            w=scale[0],
        )
    c.play(follow.vanish(), scale.highlight(), size[last].highlight(0), seconds=0.7)
    c.play(scale[0].highlight(), out[last, 0].highlight(), seconds=0.6)
    c.stop()

    c.say(
        """
        All other columns the same way, each by itself; no token looks at another one.

        Older models also subtract the mean of the column first, and add a learned number at the end. Leaving both out
        saves work, and was found to do no harm: it is the *size* that has to be tamed.
        """
    )
    how_many(c)
    c.play(
        scale.highlight(0), scale[0].highlight(0), out[last, 0].highlight(0), column.highlight(0), seconds=0.4,
    )  # fmt: skip
    c.play(size.sweep("column"), out.sweep("row").after(0.4), seconds=2.6, ease="linear")
    c.stop()

    places = [n.place for n in block.norms]
    if len(set(places)) > 1:
        before = _all(c, block, "before")
        after = _all(c, block, "after")
        c.say(
            """
            This block has {n} norms, for it norms twice: {before|what a part reads}, and {after|what it has made},
            before that is added. So neither can a part be upset by the stream, nor the stream by a part.
            """,
            n=len(places),
            before=next(n for n in block.norms if n.place == "before"),
            after=next(n for n in block.norms if n.place == "after"),
        )
        c.play(block.opacity(1), c.camera.frame(block, azimuth=-0.25, margin=1.02), seconds=1.4)
        c.play(before.highlight(), seconds=0.6)
        c.play(before.highlight(0), after.highlight(), seconds=0.8)
        c.stop()


def _all(c: Chapter, block: Block, place: str) -> Selection:
    """The norms that stand in one place, with their results."""
    found = [n for n in block.norms if n.place == place]
    return c.together(*(n | n.result for n in found))

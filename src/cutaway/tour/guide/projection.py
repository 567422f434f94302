"""Chapter 6: the heads' findings are brought into the residual stream."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter
from cutaway.tour.kinds import share_added


@chapter("projection", title="Projection and residual stream")
def projection(c: Chapter, block: Block) -> None:
    attn, z, w_o = block.attn, block.attn.z, block.attn.W_O
    out = attn.out if "out" in attn else block.attn_out
    before, (after,) = block.resid_pre, c.readers(block.attn_out)
    found = block.attn_out
    norms = [n for n in block.norms if n.result is found]
    stream = c.together(*block.stream)
    last, a = c.last, z.axis("head_channel").size
    c.about(block.attn_out, after)
    c.begin(
        (
            z | w_o | attn.some("b_O") | out | found | block.some(*(n.name for n in norms)) | before | after
        ).others.opacity(0.1)
    )

    c.say(
        """
        Each of the {H} heads has put {A} numbers into the column of every token. The stream has {C} channels, and
        what a head found is in no channel's language yet. {w|A last set of weights} translates.
        """,
        w=w_o,
        A=a,
    )
    c.play(c.camera.frame(z, w_o, out, azimuth=-0.45, elevation=0.2, margin=1.08), seconds=1.6)
    c.play(z.highlight(), seconds=0.5)
    c.play(z.highlight(0), c.flow(z, out), seconds=1.0)
    c.stop()

    c.say(
        """
        For every channel it takes *all* heads at once: {n} products, {H} heads times {A}. Channel 0 of the last token
        comes to {x}. The card lists the largest products, and from which head they are.
        """,
        without="For every channel it takes *all* heads at once: {n} products, {H} heads times {A}.",
        n=z.axis("head").size * a,
        A=a,
        x=out[last, 0],
    )
    card, zero = c.card(out), c.card(out[last, 0])
    c.play(z.at(token=last).highlight(), w_o.at(channel=0).highlight(), card.appear(), seconds=0.7)
    c.play(out.sweep(token=last), seconds=5.0, ease="linear")
    c.play(card.vanish(), zero.appear(), out[last, 0].highlight(), seconds=0.4)
    c.stop()

    c.say("And every other token the same way, with the same weights.")
    c.play(
        zero.vanish(), out[last, 0].highlight(0), z.at(token=last).highlight(0), w_o.at(channel=0).highlight(0),
        seconds=0.4,
    )  # fmt: skip
    c.play(out.sweep("row"), seconds=2.0, ease="linear")
    c.stop()

    if norms:
        c.say(
            """
            Before it is added, this result is {norm|normed}: {a} becomes {b} in channel 0. No part can then shout
            the others down.
            """,
            without="""
            Before it is added, this result is {norm|normed}. No part can then shout the others down.
            """,
            norm=norms[0],
            a=out[last, 0],
            b=found[last, 0],
        )
        c.play(c.camera.frame(out, norms[0], found, azimuth=-0.2, margin=1.12), seconds=1.2)
        c.play(c.flow(out, found), seconds=0.8)
        c.play(found.sweep("column"), seconds=1.6, ease="linear")
        c.stop()

    c.say(
        """
        Now the step that gives the *residual stream* its name: the result does not replace {before|what was there}.
        It is **added** to it.
        """,
        before=before,
    )
    numbers = {"a": before[last, 0], "b": found[last, 0], "x": after[last, 0]}
    if len(after.reads) > 2:
        c.say(
            """
            And not it alone: in this model attention and the {mlp|MLP}, of which you will hear soon, read the same
            column and work side by side. In channel 0: {a} before, {b} from attention, {m} from the MLP, {x} after.
            """,
            **numbers,
            mlp=block.mlp,
            m=block.mlp_out[last, 0],
        )
    elif (share := share_added(after, found)) is not None:
        c.say(
            """
            But not all of it: it is multiplied by {f} first, lest the stream grow too much from block to block. In
            channel 0: {a} before, {b} from attention, of which {y} is added, {x} after.
            """,
            f=share,
            y=found[last, 0].value * share,
            **numbers,
        )
    else:
        c.say("In channel 0: {a} before, {b} from attention, {x} after.", **numbers)
    summed, zero_sum = c.card(after), c.card(after[last, 0])
    c.play(
        c.together(*after.reads).opacity(1), c.camera.frame(before, *after.reads, after, azimuth=-0.2, margin=1.06),
        seconds=1.4,
    )  # fmt: skip
    c.play(c.flow(found, after), c.flow(before, after), seconds=1.4)
    c.play(c.camera.frame(found, after, azimuth=-0.15, margin=1.1), summed.appear(), seconds=1.0)
    c.play(after.sweep(token=last), seconds=3.0, ease="linear")
    c.play(summed.vanish(), zero_sum.appear(), found[last, 0].highlight(), after[last, 0].highlight(), seconds=0.4)
    c.play(after.sweep("column"), seconds=1.4, ease="linear")
    c.stop()

    c.say(
        """
        Why add? Think of the stream as a shared notebook. A part reads all of it and writes a *note* into it; what
        others wrote stays. A part that has nothing to say writes zeros and does no harm.

        In training it matters even more: along this straight road the error finds its way back to the first block
        undiminished. Before networks were built like this, few dared to stack twenty layers. Now there are hundreds.
        """
    )
    c.play(
        (block - stream).opacity(0.35),
        stream.opacity(1),
        zero_sum.vanish(),
        found[last, 0].highlight(0),
        after[last, 0].highlight(0),
        c.camera.frame(block, azimuth=-0.2, margin=1.0),
        seconds=1.4,
    )
    c.play(c.flow(*block.stream), stream.highlight(), seconds=1.8)
    c.stop()

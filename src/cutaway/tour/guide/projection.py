"""Chapter 6: the heads' findings are brought into the residual stream."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter


@chapter("projection", title="Projection and residual stream")
def projection(c: Chapter, block: Block) -> None:
    attn, z, w_o, out = block.attn, block.attn.z, block.attn.W_O, block.attn_out
    before, after = block.resid_pre, block.resid_mid
    last = c.last
    c.about(out, after)
    c.begin((z | w_o | attn.b_O | out | before | after).others.opacity(0.1))

    c.say(
        """
        Each of the {H} heads has put {A} numbers into the column of every token. The stream has {C} channels, and
        what a head found is in no channel's language yet. {w|A last set of weights} translates.
        """,
        w=w_o,
    )
    c.play(c.camera.frame(z, w_o, out, azimuth=-0.45, elevation=0.2, margin=1.08), seconds=1.6)
    c.play(z.highlight(), seconds=0.5)
    c.play(z.highlight(0), c.flow(z, out), seconds=1.0)
    c.stop()

    c.say(
        """
        For every channel it takes *all* heads at once: {n} products, {H} heads times {A}, and a bias. Channel 0 of
        the last token comes to {x}. The card lists the largest products, and from which head they are.
        """,
        n=c.size("head") * c.size("head channel"),
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

    c.say(
        """
        Now the step that gives the *residual stream* its name: the result does not replace {before|what was there}.
        It is **added** to it. In channel 0: {a} before, {b} from attention, {x} after.
        """,
        before=before,
        a=before[last, 0],
        b=out[last, 0],
        x=after[last, 0],
    )
    summed, zero_sum = c.card(after), c.card(after[last, 0])
    c.play(c.camera.frame(before, out, after, azimuth=-0.2, margin=1.06), seconds=1.4)
    c.play(c.flow(out, after), c.flow(before, after), seconds=1.4)
    c.play(c.camera.frame(out, after, azimuth=-0.15, margin=1.1), summed.appear(), seconds=1.0)
    c.play(after.sweep(token=last), seconds=3.0, ease="linear")
    c.play(summed.vanish(), zero_sum.appear(), out[last, 0].highlight(), after[last, 0].highlight(), seconds=0.4)
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
        (block - before - after).opacity(0.35),
        (before | after).opacity(1),
        zero_sum.vanish(),
        out[last, 0].highlight(0),
        after[last, 0].highlight(0),
        c.camera.frame(block, azimuth=-0.2, margin=1.0),
        seconds=1.4,
    )
    c.play(c.flow(before, after, block.resid_post), (before | after).highlight(), seconds=1.8)
    c.stop()

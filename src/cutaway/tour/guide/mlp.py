"""Chapter 7: the MLP: expand, bend, contract."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter


@chapter("mlp", title="MLP")
def mlp(c: Chapter, block: Block) -> None:
    part, norm = block.mlp, block.norms[-1]
    normed, pre, post, out = norm.normalized, part.pre, part.post, block.mlp_out
    w_in, w_out, stream = part.W_in, part.W_out, block.resid_mid
    last, unit = c.last, 7
    c.about(part)
    c.begin((part | norm | out | stream | block.resid_post).others.opacity(0.1))

    c.say(
        """
        Attention has brought together what belongs together. Now each token is alone again, to think about what it
        has got. That is the work of the {mlp|MLP}, the *multilayer perceptron*. Most of the weights of a block are
        here: {n} of {all}.
        """,
        mlp=part,
        n=c.costs.parameters(n for n in c.costs.names if n.startswith(part.module.path)) // len(c.model.blocks),
        all=c.costs.parameters(n for n in c.costs.names if n.startswith("blocks.")) // len(c.model.blocks),
    )
    c.play(c.camera.frame(norm, part, out, azimuth=-0.25, margin=1.05), seconds=1.6)
    c.play(c.flow(stream, normed), seconds=0.9)
    c.stop()

    c.say(
        """
        First a layer norm, as before. Then **expand**: from {C} channels to {F} *hidden units*. A unit is a dot
        product of the column with a row of {w}, so it asks one question: how much does this column look like my row?
        Unit {u} says {x}.
        """,
        w=w_in,
        u=unit,
        x=pre[last, unit],
    )
    card = c.card(pre[last, unit])
    top = slice(0, min(32, c.size("feature")))
    c.play(
        card.appear(), normed.at(token=last).highlight(), pre[last, unit].highlight(),
        c.camera.frame(normed, w_in.at(feature=top), pre.at(feature=top), azimuth=-0.12, margin=1.06), seconds=1.4,
    )  # fmt: skip
    c.dot(pre[last, unit], seconds=7.0)
    c.play(pre.sweep("row"), normed.at(token=last).highlight(0).lasting(0.4), seconds=2.4, ease="linear")
    c.stop()

    c.say(
        """
        Then the **bend**. Every unit is sent through one curve, *GELU*: well below zero it gives nearly nothing, well
        above zero it gives what came in. Unit {u} went in with {x} and comes out with {y}.

        Why a bend? Two matrices one after the other are just another matrix. Without the curve, {F} hidden units
        could do nothing that {C} channels cannot. With it, a unit can say *no*, and the machine can decide.
        """,
        u=unit,
        x=pre[last, unit],
        y=post[last, unit],
    )
    plot = c.plot(post[last, unit], over=pre)
    here = (pre.at(feature=top), post.at(feature=top))
    c.play(
        card.vanish(), post[last, unit].highlight(), w_in.opacity(0.3),
        c.camera.frame(*here, azimuth=-0.12, margin=1.06), plot.appear(), seconds=1.3,
    )  # fmt: skip
    c.play(post.sweep(token=last), seconds=2.4, ease="linear")
    c.stop()

    c.say(
        """
        Another unit of the same token, at another place of the curve: {x} becomes {y}. Then all units of all tokens,
        each with a place of its own; the point goes along.
        """,
        x=pre[last, unit + 4],
        y=post[last, unit + 4],
    )
    second = c.plot(post[last, unit + 4], over=pre)
    c.play(
        pre[last, unit].highlight(0), post[last, unit].highlight(0), plot.vanish(), second.appear(),
        pre[last, unit + 4].highlight(), post[last, unit + 4].highlight(), seconds=0.7,
    )  # fmt: skip
    c.wait(1.2)
    along = c.plot(post, over=pre)
    c.play(second.vanish(), along.appear(), c.camera.frame(pre, post, azimuth=-0.12, margin=1.03), seconds=1.0)
    c.play(post.sweep("row"), seconds=6.0, ease="linear")
    c.play(along.vanish(), second.appear(), c.camera.frame(*here, azimuth=-0.12, margin=1.06), seconds=1.0)
    c.stop()

    c.say(
        """
        Last, **contract**: from {F} units back to {C} channels. Each unit that is awake writes its column of {w} into
        the stream, as strongly as it is awake. One may read the whole MLP like that: *if the column looks like this
        row, then add that column*. {F} such rules.
        """,
        w=w_out,
    )
    total = c.card(out[last, 0])
    c.play(
        second.vanish(), pre[last, unit + 4].highlight(0), post[last, unit + 4].highlight(0),
        w_in.opacity(1), c.camera.frame(post, w_out, out, azimuth=-0.2, margin=1.05), seconds=1.4,
    )  # fmt: skip
    c.play(total.appear(), post.at(token=last).highlight(), w_out.at(channel=0).highlight(), seconds=0.5)
    c.play(out.sweep(token=last), seconds=3.0, ease="linear")
    c.play(
        total.vanish(),
        post.at(token=last).highlight(0),
        w_out.at(channel=0).highlight(0),
        out.sweep("row"),
        seconds=1.8,
    )
    c.stop()

    c.say(
        "The result is added to the stream, as attention's was: {a} + {b} = {x} in channel 0. That is the end of "
        "the block.",
        a=stream[last, 0],
        b=out[last, 0],
        x=block.resid_post[last, 0],
    )
    c.play(c.camera.frame(stream, out, block.resid_post, azimuth=-0.25, margin=1.05), seconds=1.3)
    c.play(c.flow(out, block.resid_post), c.flow(stream, block.resid_post), seconds=1.2)
    c.play(block.resid_post.sweep("column"), seconds=1.6, ease="linear")
    c.stop()

"""Chapter 7: the MLP: expand, bend, contract."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter
from cutaway.tour.guide.mlp_details import begin, contract, expand, shown_units, units


@chapter("mlp", title="MLP")
def mlp(c: Chapter, block: Block) -> None:
    part = block.mlp
    c.needs("pre" in part and "W_gate" not in part, "MLP without gates")
    pre, post, w_in = part.pre, part.post, part.W_in
    last, (unit, other), top = c.last, units(part), shown_units(part)
    stream, normed = begin(c, part)
    card = expand(c, part, w_in, stream, normed)

    has_corner = part.curve == "ReLU"
    c.say(
        """
        Then the **bend**. Every unit is sent through one curve, *{curve}*: below zero it gives nothing, above zero what
        came in. Unit {u} went in with {x} and comes out with {y}.

        Why a bend? Two matrices one after the other are just another matrix. Without the curve, {F} hidden units
        could do nothing that {C} channels cannot. With it, a unit can say *no*, and the machine can decide.
        """
        if has_corner
        else """
        Then the **bend**. Every unit is sent through one curve, *{curve}*: well below zero it gives nearly nothing,
        well above zero it gives what came in. Unit {u} went in with {x} and comes out with {y}.

        Why a bend? Two matrices one after the other are just another matrix. Without the curve, {F} hidden units
        could do nothing that {C} channels cannot. With it, a unit can say *no*, and the machine can decide.
        """,
        curve=part.curve,
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
        without="The same curve for all units of all tokens, each at a place of its own.",
        x=pre[last, other],
        y=post[last, other],
    )
    second = c.plot(post[last, other], over=pre)
    c.play(
        pre[last, unit].highlight(0), post[last, unit].highlight(0), plot.vanish(), second.appear(),
        pre[last, other].highlight(), post[last, other].highlight(), seconds=0.7,
    )  # fmt: skip
    c.wait(1.2)
    along = c.plot(post, over=pre)
    c.play(second.vanish(), along.appear(), c.camera.frame(pre, post, azimuth=-0.12, margin=1.03), seconds=1.0)
    c.play(post.sweep("row"), seconds=6.0, ease="linear")
    c.play(along.vanish(), second.appear(), c.camera.frame(*here, azimuth=-0.12, margin=1.06), seconds=1.0)
    c.stop()

    contract(c, part, w_in.opacity(1), second.vanish(), pre[last, other].highlight(0), post[last, other].highlight(0))

"""Chapter 7, for models whose hidden units have gates: open, let through, contract."""

from __future__ import annotations

from cutaway.tour import Chapter, Model, chapter
from cutaway.tour.guide.mlp_details import begin, contract, expand, gate_and_number, shown_units, units


@chapter("gated-mlp", title="Gated MLP")
def gated_mlp(c: Chapter, model: Model) -> None:
    gated = [b.mlp for b in model.blocks if "pre_linear" in b.mlp]
    c.needs(bool(gated), "gated MLP")
    part = gated[0]
    pre, linear, post, w_gate, w_in = part.pre, part.pre_linear, part.post, part.W_gate, part.W_in
    last, (unit, other), top = c.last, units(part), shown_units(part)
    stream, normed = begin(c, part)
    card = expand(c, part, w_gate, stream, normed)

    c.say(
        """
        But that answer is not handed on. It only says how far the unit is to be *opened*: it is a **gate**. What may
        pass through it is {v|a second number}, from {w|weights of its own}: for unit {u} it is {y}.
        """,
        without="""
        But that answer is not handed on. It only says how far the unit is to be *opened*: it is a **gate**. What may
        pass through it is {v|a second number}, from {w|weights of its own}.
        """,
        v=linear,
        w=w_in,
        u=unit,
        y=linear[last, unit],
    )
    gate_and_number(c, w_gate, w_in)
    here, there = (x.at(feature=top) for x in (pre, linear))
    c.play(
        card.vanish(), c.camera.frame(here, there, w_in.at(feature=top), azimuth=-0.12, margin=1.06), seconds=1.3,
    )  # fmt: skip
    c.play(linear.sweep("row"), seconds=2.0, ease="linear")
    c.play(linear[last, unit].highlight(), seconds=0.4)
    c.stop()

    said = {"curve": part.curve, "u": unit, "x": pre[last, unit], "y": linear[last, unit], "z": post[last, unit]}
    c.say(
        """
        Now the **bend**. The gate is sent through one curve, *{curve}*: well below zero it gives nearly nothing, well
        above zero it gives what came in. And the two are multiplied. Gate {x}, number {y}: unit {u} comes out with
        {z}. The curve here is drawn with {y} already multiplied in.

        Why a bend at all? Two matrices one after the other are just another matrix. Without it, {F} hidden units could
        do nothing that {C} channels cannot. With it, a unit can say *no*.
        """,
        F=pre.axis("feature"),
        **said,
    )
    plot = c.plot(post[last, unit], over=pre)
    all_three = (here, there, post.at(feature=top))
    c.play(
        c.camera.frame(*all_three, azimuth=-0.12, margin=1.06), post[last, unit].highlight(), plot.appear(),
        seconds=1.3,
    )  # fmt: skip
    c.play(post.sweep(token=last), seconds=2.4, ease="linear")
    c.stop()

    c.say(
        """
        Why a gate? With the curve alone, one number has to say both *whether* a unit speaks and *what* it says. Here
        these are two, each with weights of its own. Another unit: gate {x}, number {y}, together {z}. Then all units of
        all tokens; the point goes along.
        """,
        without="""
        Why a gate? With the curve alone, one number has to say both *whether* a unit speaks and *what* it says. Here
        these are two, each with weights of its own.
        """,
        x=pre[last, other],
        y=linear[last, other],
        z=post[last, other],
    )
    second = c.plot(post[last, other], over=pre)
    marks = [x[last, unit] for x in (pre, linear, post)]
    others = [x[last, other] for x in (pre, linear, post)]
    c.play(
        *(x.highlight(0) for x in marks), plot.vanish(), second.appear(), *(x.highlight() for x in others), seconds=0.7,
    )  # fmt: skip
    c.wait(1.2)
    along = c.plot(post, over=pre)
    c.play(second.vanish(), along.appear(), c.camera.frame(pre, linear, post, azimuth=-0.12, margin=1.03), seconds=1.0)
    c.play(post.sweep("row"), seconds=6.0, ease="linear")
    c.play(along.vanish(), second.appear(), c.camera.frame(*all_three, azimuth=-0.12, margin=1.06), seconds=1.0)
    c.stop()

    contract(c, part, second.vanish(), *(x.highlight(0) for x in others))

"""Experts in place of one MLP: who is asked, why, and what is not computed."""

from __future__ import annotations

from cutaway.formula import Sum
from cutaway.tour import Block, Chapter, Experts, chapter
from cutaway.tour.guide.mlp_details import gate_and_number, into_the_stream, units


@chapter("experts", title="Experts")
def mixture(c: Chapter, experts: Experts) -> None:
    block = c.around(experts)
    part = block.mlp
    scores, indices, weights = part.router_logits, part.expert_indices, part.expert_weights
    pre, linear, post, found = experts.pre, experts.pre_linear, experts.post, experts.expert_out
    result = experts.out if "out" in experts else block.mlp_out
    column, router = scores.reads[:2]
    many, chosen = scores.axis("expert").size, indices.axis("choice").size
    last, (unit, _) = c.last, units(experts)
    best = indices.tensor[last, 0]
    c.about(part)
    whole = part | column | result | block.mlp_out | block.resid_post
    c.begin(whole.others.opacity(0.1))

    c.say(
        """
        In place of one MLP this block has {E}: the **experts**. Each is an MLP with weights of its own, {each} of
        them. But a token does not go through all. For each token, {K} are chosen.

        Why? What a model knows is in its weights, and more weights know more. But each weight that is used costs time.
        So: many weights, of which each token uses few.
        """,
        E=many,
        K=chosen,
        each=experts.parameters // many,
    )
    c.play(c.camera.frame(part, column, azimuth=-0.35, margin=1.05), seconds=1.6)
    c.play(experts.some("W_gate", "W_in", "W_out").highlight(), seconds=0.7)
    c.stop()

    c.say(
        """
        Who is to be asked? The **router** decides: one row of {w|weights} for each expert, and a dot product with the
        token's column. How well does this token suit that expert? For the last token expert 0 gets {x}.
        """,
        w=router,
        x=scores[last, 0],
    )
    if "b_router" in part:
        c.say("Each expert has a {b|bias} besides, which is added.", b=part.b_router)
    card = c.card(scores[last, 0])
    c.play(
        experts.some("W_gate", "W_in", "W_out").highlight(0), card.appear(),
        c.camera.frame(column, router, scores, azimuth=-0.15, margin=1.12), seconds=1.4,
    )  # fmt: skip
    c.dot(scores[last, 0], seconds=5.0)
    c.play(scores.sweep("column"), card.vanish(), seconds=1.4, ease="linear")
    c.stop()

    _chances(c, block)
    _choice(c, block)

    c.say(
        """
        Now expert {best:count} works, and its like: gate, number, product, as in any gated MLP. Its unit {u}: gate
        {x}, number {y}, together {z}. The weights are those of the chosen expert, and so in each column other ones.
        """,
        without="""
        Now the chosen experts work: gate, number, product, as in any gated MLP. The weights are those of the chosen
        expert, and so in each column other ones.
        """,
        best=best,
        u=unit,
        x=pre[last, 0, unit],
        y=linear[last, 0, unit],
        z=post[last, 0, unit],
    )
    if experts.clamped:
        c.say(
            "Gate and number are first kept within limits here, so that no unit runs wild, and 1 is added to the "
            "number before they are multiplied."
        )
    gate_and_number(c, experts.W_gate, experts.W_in)
    plot = c.plot(post[last, 0, unit], over=pre)
    c.play(
        c.camera.frame(pre, linear, post, azimuth=-0.3, margin=1.08), plot.appear(), pre[last, 0, unit].highlight(),
        seconds=1.3,
    )  # fmt: skip
    c.play(pre.sweep("column"), linear.sweep("column"), seconds=1.6, ease="linear")
    c.play(post.sweep("column"), pre[last, 0, unit].highlight(0), seconds=1.4, ease="linear")
    c.stop()

    c.say(
        """
        And the other experts? They are **not computed**. Count the slabs: there are {E} sets of {w|weights}, but only
        {K} of {h|hidden units}, one for each choice. For what was not chosen there are no cells at all, and its weights
        need not even be fetched.
        """,
        E=many,
        K=chosen,
        w=experts.W_in,
        h=linear,
    )
    c.play(
        plot.vanish(), c.camera.frame(experts.W_in, linear, azimuth=-0.5, elevation=0.22, margin=1.1), seconds=1.3,
    )  # fmt: skip
    c.play(experts.W_in.highlight(), seconds=0.6)
    c.play(experts.W_in.highlight(0), linear.highlight(), seconds=0.6)
    c.stop()

    k = weights.tensor.axes[1]
    c.say(
        """
        Each chosen expert makes {C} numbers of the token. They are added up, each as much as its weight says:

        {w:formula}

        The first one counts {a}, and all together {s}. In channel 0 that gives {x}.
        """,
        without="""
        Each chosen expert makes {C} numbers of the token. They are added up, each as much as its weight says:

        {w:formula}
        """,
        w=weights,
        a=weights[last, 0],
        s=Sum(k, weights.tensor[last, k]),
        x=result[last, 0],
    )
    total = c.card(result[last, 0])
    c.play(
        linear.highlight(0), c.camera.frame(weights, found, result, azimuth=-0.3, margin=1.1), total.appear(),
        seconds=1.3,
    )  # fmt: skip
    c.play(found.sweep("column"), seconds=1.4, ease="linear")
    c.play(result.sweep(token=last), seconds=2.0, ease="linear")
    c.play(result.sweep("column"), total.vanish(), seconds=1.2, ease="linear")
    c.stop()

    if "shared" in part:
        c.say(
            """
            One expert is never chosen, because every token goes through it: the {s|shared} one. What all tokens need
            is there, and the others are free to specialize. Its {y} in channel 0 and the {x} of the chosen make {z}.
            """,
            s=part.shared,
            y=part.shared.out[last, 0],
            x=result[last, 0],
            z=block.mlp_out[last, 0],
        )
        c.play(c.camera.frame(part.shared, result, block.mlp_out, azimuth=-0.3, margin=1.08), seconds=1.3)
        c.play(part.shared.highlight(), seconds=0.6)
        c.play(part.shared.highlight(0), block.mlp_out.highlight(), seconds=0.6)
        c.play(block.mlp_out.highlight(0), seconds=0.3)
        c.stop()

    active = c.costs.active_parameters()
    c.say(
        """
        What is gained? This model has {all} weights, and one token uses {n} of them, {p} %. It knows as much as {all}
        weights can hold, and works as quickly as one with {n}.
        """,
        all=c.costs.parameters(),
        n=active,
        p=round(100 * active / c.costs.parameters()),
    )
    c.play(c.camera.frame(part, block.mlp_out, azimuth=-0.35, margin=1.05), whole.opacity(1), seconds=1.3)
    c.play(experts.some("W_gate", "W_in", "W_out").highlight(), seconds=0.6)
    c.stop()
    c.play(experts.some("W_gate", "W_in", "W_out").highlight(0), seconds=0.3)
    into_the_stream(c, block)


def _chances(c: Chapter, block: Block) -> None:
    """Shares or chances of all experts, where the choice goes by these."""
    part, last = block.mlp, c.last
    if "router_probs" not in part:
        return
    chances = part.router_probs
    if "router_logits_max" in part:
        c.say(
            """
            Softmax makes shares of these scores, as it did in attention: {p:percent} for expert 0. All together are 1.
            """,
            without="Softmax makes shares of these scores, as it did in attention. All together are 1.",
            p=chances[last, 0],
        )
    else:
        c.say(
            """
            Each score is then brought between 0 and 1, for itself: expert 0 gets {p}. These are no shares: several
            experts may suit a token well, or none.
            """,
            without="""
            Each score is then brought between 0 and 1, for itself. These are no shares: several experts may suit a
            token well, or none.
            """,
            p=chances[last, 0],
        )
    card = c.card(chances)
    c.play(c.camera.frame(part.router_logits, chances, azimuth=-0.15, margin=1.2), card.appear(), seconds=1.2)
    c.play(chances.sweep(token=last), seconds=1.8, ease="linear")
    c.play(chances.sweep("column"), card.vanish(), seconds=1.0, ease="linear")
    c.stop()


def _choice(c: Chapter, block: Block) -> None:
    """Which experts are chosen, and why."""
    part, last = block.mlp, c.last
    rank, indices = part.expert_rank, part.expert_indices
    if "b_choice" in part:
        c.say(
            """
            For the choice alone {b|a number} is added to each, {x} for expert 0. It was set in training so that all
            experts get about the same amount of work: an expert that nobody asks learns nothing.
            """,
            without="""
            For the choice alone {b|a number} is added to each. It was set in training so that all experts get about
            the same amount of work: an expert that nobody asks learns nothing.
            """,
            b=part.b_choice,
            x=part.b_choice[0],
        )
        c.play(
            c.camera.frame(part.router_probs, part.b_choice, part.choice_score, azimuth=-0.15, margin=1.2),
            part.b_choice.highlight(), seconds=1.2,
        )  # fmt: skip
        c.play(part.choice_score.sweep("column"), part.b_choice.highlight(0), seconds=1.2, ease="linear")
        c.stop()
    if "admitted" in part:
        groups = part.group_score
        c.say(
            """
            The experts stand in {n} {g|groups}, and only the best groups are admitted: a group is as good as its two
            best experts together, {x} for the first. The others get {y|minus infinity}. So the experts for a token lie
            together, which in a large computer saves sending things about.
            """,
            without="""
            The experts stand in {n} {g|groups}, and only the best groups are admitted: a group is as good as its two
            best experts together. The scores of the others become {y|minus infinity}. So the experts for a token lie
            together, which in a large computer saves sending things about.
            """,
            g=groups,
            n=groups.axis("expert_group").size,
            x=groups[last, 0],
            y=part.admitted,
        )
        shown = [groups, part.group_rank, part.admitted]
        c.play(c.camera.frame(*shown, azimuth=-0.15, margin=1.15), seconds=1.2)
        for x in shown:
            c.play(x.sweep("column"), seconds=0.9, ease="linear")
        c.stop()
    c.say(
        """
        Now the choice. The {r|rank} of an expert is the number of those that suit the token better, and the first {K}
        are {i|chosen}: for the last token first of all expert {best:count}. Every token makes a choice of its own; look
        along the rows.
        """,
        without="""
        Now the choice. The {r|rank} of an expert is the number of those that suit the token better, and the first {K}
        are {i|chosen}. Every token makes a choice of its own.
        """,
        r=rank,
        i=indices,
        K=indices.axis("choice").size,
        best=indices.tensor[last, 0],
    )
    shown = c.together(rank, indices)
    c.play(c.camera.frame(shown, azimuth=-0.15, margin=1.2), seconds=1.2)
    c.play(rank.sweep("column"), seconds=1.2, ease="linear")
    c.play(indices.sweep("column"), seconds=1.2, ease="linear")
    c.play(indices[last, 0].highlight(), seconds=0.5)
    c.play(indices[last, 0].highlight(0), seconds=0.3)
    c.stop()

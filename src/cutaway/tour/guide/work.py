"""Chapter 12: where the weights and the work are, and how they grow."""

from __future__ import annotations

from typing import Any

from cutaway.tour import Block, Chapter, Model, chapter
from cutaway.tour.facts import IMAGINED
from cutaway.tour.selection import Selection


@chapter("where-the-work-is", title="Where the work is")
def work(c: Chapter, model: Model, block: Block) -> None:
    costs, attn, mlp = c.costs, block.attn, block.mlp
    names = costs.names
    everything = costs.parameters()
    in_mlp = costs.parameters(n for n in names if ".mlp." in n)
    in_attn = costs.parameters(n for n in names if ".attn." in n or ".cross_attn." in n)
    full = c.definition.true_context
    hidden = mlp if "pre" in mlp else mlp.experts
    matrices = hidden.some("W_gate", "W_in", "W_out")
    c.about(block)

    account: dict[str, Any] = {
        "n": everything,
        "mlp": mlp,
        "attn": attn,
        "m": in_mlp,
        "a": _percent(in_mlp, everything),
        "b": _percent(in_attn, everything),
        "r": _percent(everything - in_mlp - in_attn, everything),
    }
    if heads := model.parts("mlp"):
        c.say(
            """
            To finish, an account. This model has {n} weights. {mlp|The MLPs} have {m:count} of them, {a} %;
            {attn|attention} has {b} %. The rest, tables, norms and {head|the head}, is {r} %.
            """,
            head=heads[0],
            **account,
        )
    else:
        c.say(
            """
            To finish, an account. This model has {n} weights. {mlp|The MLPs} have {m:count} of them, {a} %;
            {attn|attention} has {b} %. The rest, tables and norms, is {r} %.
            """,
            **account,
        )
    c.shares()
    c.play(c.camera.frame(margin=1.03), c.role("activation", "statistic", "input").opacity(0.1), seconds=1.2)
    c.play(_all(model, "mlp").highlight(), seconds=0.6)
    c.wait(0.4)
    c.play(_all(model, "mlp").highlight(0), _all(model, "attention").highlight(), seconds=0.6)
    c.stop()

    used = costs.active_parameters()
    tokens = c.tokens if c.has_values else min(full, IMAGINED)
    told: dict[str, Any] = {"w": costs.multiply_adds().at(tokens), "T": tokens}
    if c.has_decoder:
        c.say(
            """
            The unit of work is the *multiply-add*: one product, added to a sum. A row of weights meets a column, and
            each weight is used once. So the rule of thumb: **one multiply-add for each weight and each token**: the
            first stack's for each token of the prompt, the second one's for each token that is written.
            """
        )
    elif used < 0.9 * everything and c.has("experts"):
        c.say(
            """
            The unit of work is the *multiply-add*: one product, added to a sum. A row of weights meets a column, and
            each weight that is used is used once. So the rule of thumb: **one multiply-add for each weight that a token
            uses**. Of the experts, a token uses few: {n} weights in all. Here: {w:count} for {T:count} tokens, that is
            {per} for each token and weight.
            """,
            n=used,
            per=told["w"] / (tokens * used),
            **told,
        )
    else:
        c.say(
            """
            The unit of work is the *multiply-add*: one product, added to a sum. A row of weights meets a column, and
            each weight is used once. So the rule of thumb: **one multiply-add for each weight and each token**. Here:
            {w:count} for {T:count} tokens, that is {per} for each token and weight.
            """,
            per=told["w"] / (tokens * everything),
            **told,
        )
    c.play(_all(model, "attention").highlight(0), c.role("activation", "statistic", "input").opacity(1), seconds=0.6)
    normed, rows = hidden.reads[0], hidden.W_gate if "W_gate" in hidden else hidden.W_in
    cell = hidden.pre[c.last, 0] if hidden is mlp else hidden.pre[c.last, 0, 0]
    top = slice(0, min(32, hidden.pre.axis("feature").size))
    c.play(
        c.camera.frame(*(x.at(feature=top) for x in (rows, hidden.pre)), normed, azimuth=-0.12, margin=1.06),
        (mlp | normed).others.opacity(0.15), seconds=1.3,
    )  # fmt: skip
    c.dot(cell, seconds=7.0)
    c.play(cell.highlight(), seconds=0.4)
    c.stop()

    scores = [n for n in names if n.endswith((".attn_scores", ".z"))]
    square = costs.multiply_adds(scores).coefficients[2]
    line = costs.multiply_adds().coefficients[1]
    c.say(
        """
        One part does not follow the rule. Every token is compared with every other, so {s|scores} and {z|mixtures}
        grow with the *square* of the context. At {P} tokens they are {share} % of the work; from about {even} tokens
        on they would be half of it.

        Pull the slider in the chart and see the bars change places.
        """,
        s=attn.attn_scores,
        z=attn.z,
        P=c.longest,
        share=_percent(square * full, line + costs.multiply_adds().coefficients[2] * full),
        even=round(line / square) if square else 0,
    )
    windows = [b.attn.window for b in model.blocks if b.attn.window is not None]
    if len(windows) == len(model.blocks):
        c.say(
            """
            Counted is every cell of the picture, those that are masked too. A program that leaves out what is further
            back than {w} tokens does less: the square is then a line.
            """,
            w=windows[0],
        )
    elif windows:
        c.say(
            """
            Counted is every cell of the picture, those that are masked too. A program that leaves out what is further
            back than {w} tokens does less: in {m} of the {L} blocks the square is then a line.
            """,
            w=windows[0],
            m=len(windows),
        )
    c.shares("multiply_adds")
    c.play(
        cell.highlight(0),
        (mlp | normed).others.opacity(1),
        c.camera.frame(attn.attn_scores, attn.pattern, attn.z, azimuth=-0.5, elevation=0.2),
        seconds=1.4,
    )
    c.play((attn.attn_scores | attn.pattern | attn.z).others.opacity(0.12), seconds=0.4)
    c.play(attn.attn_scores.sweep("column"), seconds=2.0, ease="linear")
    c.play(attn.pattern.sweep("column"), attn.z.sweep("row"), seconds=1.4, ease="linear")
    c.stop()

    c.say(
        """
        And when the model itself grows? Twice as **deep** is {d} times the work: twice the blocks. Twice as **wide**
        is {w} times: a matrix grows in both directions. That is why width is dear, and why {C} was not chosen
        lightly.
        """,
        d=round(costs.growth(full, depth=2), 2),
        w=round(costs.growth(full, width=2), 2),
    )
    c.play(
        matrices.opacity(1), matrices.others.opacity(0.3), c.camera.frame(matrices, azimuth=-0.3, margin=1.1),
        seconds=1.4,
    )  # fmt: skip
    c.play(matrices.highlight(), seconds=0.6)
    c.stop()

    one = costs.bytes().coefficients[0]
    if c.has("experts"):
        c.say(
            """
            Last, the **bytes**. One token alone fetches only the weights that it uses, {a} bytes where each takes four.
            The tokens of a long prompt choose different experts, and soon all weights are fetched, {b} bytes, but each
            of them once. With a long prompt a weight that is fetched is used many times.
            """,
            a=4 * used,
            b=round(one),
        )
    else:
        c.say(
            """
            Last, the **bytes**. All weights have to be fetched from memory once for a run, {b} bytes, whether the
            prompt has one token or {P}. With a long prompt each weight that is fetched is used many times.
            """,
            without="""
            Last, the **bytes**. All weights have to be fetched from memory once for a run, {b} bytes where each takes
            four, whether the prompt has one token or {P}. With a long prompt each weight that is fetched is used many
            times.
            """,
            b=round(one),
            P=c.longest,
        )
    if c.predicts == "next":
        c.say(
            """
            With the cache of the last chapter, and one new token at a time, it is used *once*. Then it is not the
            multiplying that takes the time, but the fetching.
            """
        )
    c.say(
        """
        This is why serving many people at once is cheap, and one alone is dear: the weights travel once for all of
        them.
        """
    )
    c.play(matrices.highlight(0), c.everything.opacity(1), c.camera.frame(margin=1.03), seconds=1.3)
    c.play(c.role("weight").highlight(), c.role("activation", "statistic", "input").opacity(0.1), seconds=0.8)
    c.stop()

    c.say(
        """
        That is all of it. There is no further part that was kept from you: lookups, sums of products, a few curves,
        {n:count} times over. You can point at every number, and ask where it comes from.

        Choose another prompt; change it a little; follow a number back to where it began.
        """,
        without="""
        That is all of it. There is no further part that was kept from you: lookups, sums of products, a few curves,
        again and again. You can point at every block, and ask what it is computed from.

        Of a model that comes with its weights, this tour tells the numbers, too.
        """,
        n=c.computed,
    )
    c.prompt()
    c.play(c.role("weight").highlight(0), c.everything.opacity(1), seconds=1.0)
    c.play(c.flow(*block.stream), seconds=1.6)
    c.stop()


def _percent(part: float, whole: float) -> float:
    """So many of a hundred, to one digit at least."""
    found = 100 * part / whole
    return round(found) if found >= 1 else float(f"{found:.1g}")


def _all(model: Model, kind: str) -> Selection:
    """The parts of a kind in all blocks."""
    parts = (part for stack in model.stacks for block in stack for part in block.parts(kind))
    return model.chapter.together(*parts)

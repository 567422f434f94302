"""What the chapters on the MLP and on the gated MLP have in common."""

from __future__ import annotations

from typing import Any

from cutaway.tour import MLP, Block, Chapter, Experts
from cutaway.tour.clips import Clip
from cutaway.tour.kinds import share_added
from cutaway.tour.tensor_view import TensorView
from cutaway.tour.things import Card


def begin(c: Chapter, part: MLP) -> tuple[TensorView, TensorView]:
    """The first stop; returns what of the stream is read, and what of it is multiplied."""
    block = c.around(part)
    norm, normed = block.norm_before(part), part.reads[0]
    stream = norm.reads[0] if norm is not None else normed
    out = part.out if "out" in part else block.mlp_out
    things = [part, normed, out, *([norm] if norm is not None else [])]
    c.about(part)
    c.begin(c.together(*things, stream, block.mlp_out, block.resid_post).others.opacity(0.1))

    c.say(
        """
        Attention has brought together what belongs together. Now each token is alone again, to think about what it
        has got. That is the work of the {mlp|MLP}, the *multilayer perceptron*.
        """,
        mlp=part,
    )
    numbers: dict[str, Any] = {"n": part.parameters, "all": block.parameters}
    if 2 * part.parameters > block.parameters:
        c.say("Most of the weights of a block are here: {n} of {all}.", **numbers)
    else:
        c.say("Of the {all} weights of this block, {n} are here.", **numbers)
    c.play(c.camera.frame(*things, azimuth=-0.25, margin=1.05), seconds=1.6)
    c.play(c.flow(stream, normed) if norm is not None else c.flow(normed, part.pre), seconds=0.9)
    c.stop()
    return stream, normed


def expand(c: Chapter, part: MLP, rows: TensorView, stream: TensorView, normed: TensorView) -> Card:
    """The second stop: one hidden unit asks its question of the column, then all do. Returns the card of that unit."""
    pre, last, (unit, _) = part.pre, c.last, units(part)
    said = {"w": rows, "F": pre.axis("feature"), "u": unit, "x": pre[last, unit]}
    if normed is not stream:
        c.say(
            """
            First a norm, as before. Then **expand**: from {C} channels to {F} *hidden units*. A unit is a dot product
            of the column with a row of {w}, so it asks one question: how much does this column look like my row? Unit
            {u} says {x}.
            """,
            **said,
        )
    else:
        c.say(
            """
            First **expand**: from {C} channels to {F} *hidden units*. A unit is a dot product of the column with a row
            of {w}, so it asks one question: how much does this column look like my row? Unit {u} says {x}.
            """,
            **said,
        )
    card = c.card(pre[last, unit])
    top = shown_units(part)
    c.play(
        card.appear(), normed.at(token=last).highlight(), pre[last, unit].highlight(),
        c.camera.frame(normed, rows.at(feature=top), pre.at(feature=top), azimuth=-0.12, margin=1.06), seconds=1.4,
    )  # fmt: skip
    c.dot(pre[last, unit], seconds=7.0)
    c.play(pre.sweep("row"), normed.at(token=last).highlight(0).lasting(0.4), seconds=2.4, ease="linear")
    c.stop()
    return card


def gate_and_number(c: Chapter, w_gate: TensorView, w_in: TensorView) -> None:
    """Says of the weights of gates, and those of what passes through them, when they are stored as one matrix."""
    name = c.stored_in(w_gate, w_in)
    if name is None:
        return
    if c.in_turn(w_gate, "feature"):
        c.say(
            "Both sets of weights are stored as one matrix, `{name}`, a unit's gate and its number in turn; here it is "
            "drawn as two.",
            name=name,
        )
    else:
        c.say("Both sets of weights are stored as one matrix, `{name}`; here it is drawn as two.", name=name)


def units(part: MLP | Experts) -> tuple[int, int]:
    """Two hidden units to look at."""
    hidden = part.pre.axis("feature").size
    unit = max(0, min(7, hidden - 5))
    return unit, min(unit + 4, hidden - 1)


def shown_units(part: MLP) -> slice:
    """The hidden units that a camera shows: not all of thousands."""
    return slice(0, min(32, part.pre.axis("feature").size))


def contract(c: Chapter, part: MLP, *gone: Clip) -> None:
    """The last stops: back to the width of the stream, and into it. ``gone``: what is to disappear first."""
    block, last = c.around(part), c.last
    post, w_out = part.post, part.W_out
    out = part.out if "out" in part else block.mlp_out
    c.say(
        """
        Last, **contract**: from {F} units back to {C} channels. Each unit that is awake writes its column of {w} into
        the stream, as strongly as it is awake. One may read the whole MLP like that: *if the column looks like this
        row, then add that column*. {F} such rules.
        """,
        w=w_out,
        F=post.axis("feature"),
    )
    total = c.card(out[last, 0])
    c.play(*gone, c.camera.frame(post, w_out, out, azimuth=-0.2, margin=1.05), seconds=1.4)
    c.play(total.appear(), post.at(token=last).highlight(), w_out.at(channel=0).highlight(), seconds=0.5)
    c.play(out.sweep(token=last), seconds=3.0, ease="linear")
    c.play(
        total.vanish(), post.at(token=last).highlight(0), w_out.at(channel=0).highlight(0), out.sweep("row"),
        seconds=1.8,
    )  # fmt: skip
    c.stop()
    into_the_stream(c, block)


def into_the_stream(c: Chapter, block: Block) -> None:
    """The result is added to the stream."""
    last, added = c.last, block.mlp_out
    sum_of = c.readers(added)[0]
    stream = sum_of.reads[0]
    before = [n for n in block.norms if n.result.name == added.name]
    after = [n for n in block.norms if n.place == "between" and n.reads[0].name == sum_of.name]
    numbers = {"a": stream[last, 0], "b": added[last, 0], "x": sum_of[last, 0]}
    if before:
        c.say(
            "It is {norm|normed} once more, and then added to the stream: {a} + {b} = {x} in channel 0. That is the "
            "end of the block.",
            without="It is {norm|normed} once more, and then added to the stream. That is the end of the block.",
            norm=before[0],
            **numbers,
        )
    elif len(sum_of.reads) > 2:
        c.say(
            """
            The result is added to the stream, together with that of attention: {a} + {y} + {b} = {x} in channel 0. That
            is the end of the block.
            """,
            without="The result is added to the stream, together with that of attention. That is the end of the block.",
            y=sum_of.reads[1][last, 0],
            **numbers,
        )
    elif (share := share_added(sum_of, added)) is not None:
        c.say(
            "The result is added to the stream, {f} times as much as it is, like attention's: {a} + {f} · {b} = {x} in "
            "channel 0. That is the end of the block.",
            without="The result is added to the stream, {f} times as much as it is, like attention's. That is the end "
            "of the block.",
            f=share,
            **numbers,
        )
    elif after:
        c.say(
            """
            The result is added to the stream, as attention's was: {a} + {b} = {x} in channel 0. And the sum is
            {norm|normed}, as it was after attention. That is the end of the block.
            """,
            without="""
            The result is added to the stream, as attention's was. And the sum is {norm|normed}, as it was after
            attention. That is the end of the block.
            """,
            norm=after[0],
            **numbers,
        )
    else:
        c.say(
            "The result is added to the stream, as attention's was: {a} + {b} = {x} in channel 0. That is the end of "
            "the block.",
            without="The result is added to the stream, as attention's was. That is the end of the block.",
            **numbers,
        )
    shown = c.together(*sum_of.reads, sum_of, *(n | n.result for n in after))
    c.play(shown.opacity(1), c.camera.frame(*sum_of.reads, shown, azimuth=-0.25, margin=1.05), seconds=1.3)
    if before:
        c.play(c.flow(before[0].reads[0], added), seconds=0.8)
    c.play(c.flow(added, sum_of), c.flow(stream, sum_of), seconds=1.2)
    c.play(sum_of.sweep("column"), seconds=1.6, ease="linear")
    for norm in after:
        c.play(c.flow(sum_of, norm.result), norm.result.sweep("row"), seconds=1.2, ease="linear")
    c.stop()

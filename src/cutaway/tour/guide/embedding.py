"""Chapter 3: a token's column, and the columns of its position and segment where a model has them."""

from __future__ import annotations

import math

from cutaway.formula import Apply, Const, cells
from cutaway.tour import Block, Chapter, Model, chapter
from cutaway.tour.clips import Clip
from cutaway.tour.kinds import factor_of
from cutaway.tour.tensor_view import Cells, TensorView


@chapter("embedding", title="Embedding")
def embedding(c: Chapter, model: Model, block: Block) -> None:
    tokens, w_e, embed, stream = model.tokens, model.W_E, model.embed, block.resid_pre
    tables = model.some("W_pos", "pos_embed", "segments", "W_segment", "segment_embed")
    between = model.some("W_project_in", "embed_wide", "full_embed", "ln_embed")
    here = tokens | w_e | embed | stream | tables | between
    last = c.last
    token = tokens.tensor[last]
    factor = factor_of(embed.formula)
    c.about(embed, *([model.pos_embed] if "pos_embed" in model else []))
    c.begin(here.others.opacity(0.15))

    entries, places = w_e.axis("vocabulary").size, c.definition.true_context
    seen = [c.strip, tokens, w_e[slice(max(0, entries - 64) if c.has_values else 0, entries), :], embed]
    if "W_pos" in model and (places <= 64 or not c.has_values):
        seen.append(model.W_pos)
    c.say(
        """
        The first thing that happens to a token is a lookup. {w_e|This table} has one column for each of the {V}
        entries of the vocabulary, {C} cells tall. Nobody wrote these columns: training found them.
        """,
        w_e=w_e,
        C=w_e.tensor.axes[-1],
    )
    c.play(c.camera.frame(*seen, azimuth=-0.2, margin=1.05), seconds=1.5)
    c.play(w_e.highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        The last token of your prompt is {token:token}, number {token:count}. So column {token:count} of the table is
        copied, cell by cell, to {embed|the token's place}.
        """
        if c.has_words
        else """
        The last token of your prompt has number {token:count}. So column {token:count} of the table is copied, cell by
        cell, to {embed|the token's place}.
        """,
        without="""
        A token is a number, and the number says which column of the table is copied, cell by cell, to
        {embed|the token's place}.
        """,
        token=token,
        embed=embed,
    )
    if factor is None:
        c.say("No arithmetic at all.")
    column = c.source(embed[last, :], w_e)
    near = _near_end(w_e, embed)
    if not c.has_values:  # of a table of which all is in view, nothing else is
        c.play(c.camera.frame(tokens, near, embed, azimuth=-0.2, margin=1.05), seconds=1.2)
    c.play(w_e.highlight(0), tokens[last].highlight(), column.highlight(), seconds=0.6)
    if column.is_known:
        copy, leaves = c.fly(column, (embed.block.x + last, embed.block.y, embed.block.z - 0.3))
        c.play(leaves, seconds=1.8)
        c.play(embed.sweep(token=last), seconds=0.5)
        c.play(copy.vanish(), column.highlight(0), seconds=0.2)
    else:
        c.play(c.flow(w_e, embed), seconds=1.2)
        c.play(embed.sweep(token=last), seconds=0.5)
    c.stop()

    gone = [] if factor is None else _scaled(c, embed, w_e, factor)
    c.say(
        "Every token does the same. Equal tokens get equal columns: the table does not know where in the text it "
        "is asked."
    )
    c.play(embed.sweep("column"), *gone, seconds=2.4, ease="linear")
    c.stop()

    if "embed_wide" in model:
        _widened(c, model.embed_wide)
    if "pos_embed" in model:
        _added(c, model, stream)
    else:
        c.say("That would be a problem. Most of what follows treats the tokens as a bag, in no order.")
        turned = any("rot_q" in b.attn for b in model.blocks)
        if turned:
            c.say(
                """
                Many models add a column for the position here. This one says it later, and only where tokens are
                compared: there each is *turned* by an angle that grows with its place. {rotary|These angles} have a
                chapter of their own.
                """,
                rotary=c.first("position"),
            )
            c.play(tokens[last].highlight(0), c.first("position").opacity(1), seconds=0.5)
            shown = [here] if c.has_values else [tokens, near, embed, stream]
            c.play(c.first("position").highlight(), c.camera.frame(*shown, c.first("position")), seconds=1.2)
        else:
            c.say(
                "Many models add a column for the position here. This one says it later, and only where tokens are "
                "compared: how far apart they stand counts there."
            )
            c.play(tokens[last].highlight(0), stream.highlight(), seconds=0.8)
            c.play(stream.highlight(0), seconds=0.4)
        c.stop()
        c.say(
            """
            What leaves here is the *residual stream*: one column for each token. Everything from now on reads from
            {stream|it} and adds to it.
            """,
            stream=stream,
        )
        if turned:
            c.play(c.first("position").highlight(0), c.camera.frame(embed, stream, azimuth=-0.2), seconds=1.0)
        c.play(c.flow(embed, stream), seconds=1.2)
        c.play(stream.highlight(), seconds=0.6)
        c.stop()


def _near_end(w_e: TensorView, embed: TensorView) -> Cells:
    """As much of the table as is next to the columns that are copied from it, and no wider than it is tall."""
    entries, width = (a.size for a in w_e.tensor.axes)
    return w_e[slice(max(0, entries - width), entries), :]


def _scaled(c: Chapter, embed: TensorView, w_e: TensorView, factor: float) -> list[Clip]:
    """Where the rows are multiplied on the way; returns what takes away what is shown for that."""
    cell = embed[c.last, 0]
    given = c.source(cell, w_e)
    width = embed.tensor.axes[-1].size
    if math.isclose(factor, math.sqrt(width), rel_tol=0.01):  # some models round the root to few digits
        c.say(
            """
            On the way each number is multiplied by {factor}, the root of {C}: the table says {a}, and {b} arrives. In
            the table small numbers are kept; the stream works with larger ones, and what a token brings along must not
            drown in what the blocks will add.
            """,
            without="""
            On the way each number is multiplied by {factor}, the root of {C}. In the table small numbers are kept; the
            stream works with larger ones, and what a token brings along must not drown in what the blocks will add.
            """,
            factor=factor,
            a=given,
            b=cell,
        )
    else:
        c.say(
            """
            On the way each number is multiplied by {factor}: the table says {a}, and {b} arrives. This factor was
            chosen, like the width. It says how much a token itself counts beside what the blocks will add.
            """,
            without="""
            On the way each number is multiplied by {factor}. This factor was chosen, like the width. It says how much a
            token itself counts beside what the blocks will add.
            """,
            factor=factor,
            a=given,
            b=cell,
        )
    card = c.card(cell)
    c.play(card.appear(), given.highlight(), cell.highlight(), seconds=0.7)
    c.stop()
    return [card.vanish(), given.highlight(0), cell.highlight(0)]


def _widened(c: Chapter, wide: TensorView) -> None:
    """Where the table is narrower than the stream."""
    narrow, weights = wide.reads
    c.say(
        """
        The table's columns have {n} cells, but the stream is {C} wide. {w|These weights} translate: each of the {C}
        numbers is a *dot product*, the token's column times a row of weights, added up. Channel 0 comes to {x}.
        """,
        n=narrow.tensor.axes[-1].size,
        w=weights,
        x=wide[c.last, 0],
    )
    c.play(c.camera.frame(narrow, weights, wide, azimuth=-0.2, margin=1.12), seconds=1.2)
    c.dot(wide[c.last, 0], seconds=4.0)
    c.play(wide.sweep("column"), seconds=1.4, ease="linear")
    c.stop()


def _offset(pos_embed: TensorView) -> int:
    """How many columns of the table of positions stand before that of the first token."""
    for cell in cells(pos_embed.formula):
        match cell.indices[0]:
            case Apply("+", (_, Const(number))):
                return int(number)
    return 0


def _added(c: Chapter, model: Model, stream: TensorView) -> None:
    """The columns of position and segment, and the sum."""
    tokens, w_pos, pos_embed = model.tokens, model.W_pos, model.pos_embed
    last = c.last
    (total,) = c.readers(pos_embed)
    parts = total.reads
    c.say(
        """
        That would be a problem. Most of what follows treats the tokens as a bag, in no order, and would take `CAB`
        for `ABC`. So each **position** gets a column of its own, from {w_pos|a second table} with {P} columns.
        """,
        w_pos=w_pos,
    )
    offset = _offset(pos_embed)
    if offset:
        c.say("The first token gets column {n} of it; those before that are not used.", n=offset)
    place = c.source(pos_embed[last, :], w_pos)
    c.play(w_pos.highlight(), tokens[last].highlight(0), seconds=0.5)
    if not c.has_values:  # the columns of the tokens may stand far away, behind a table of thousands
        c.play(c.camera.frame(w_pos, pos_embed, azimuth=-0.2, margin=1.12), seconds=1.0)
    elif "embed_wide" in model:
        c.play(c.camera.frame(w_pos, *parts, azimuth=-0.2, margin=1.12), seconds=1.0)
    c.play(place.highlight(), w_pos.highlight(0), seconds=0.4)
    copy, leaves = c.fly(place, (pos_embed.block.x + last, pos_embed.block.y, pos_embed.block.z - 0.3))
    c.play(leaves, seconds=1.4)
    c.play(pos_embed.sweep(token=last), seconds=0.4)
    c.play(copy.vanish(), place.highlight(0), seconds=0.2)
    c.play(pos_embed.sweep("column"), seconds=1.2, ease="linear")
    c.stop()

    if "segment_embed" in model:
        c.say(
            """
            A prompt may have two parts, a question and a text for example. {segments|A number} says for each token
            which part it is in, and {w|a third table}, with a column for each of {S} parts, gives the column for that.
            The last token is in part {n:count}.
            """,
            segments=model.segments,
            w=model.W_segment,
            n=model.segments.tensor[last],
        )
        c.play(
            c.camera.frame(model.segments, model.W_segment, model.segment_embed, pos_embed, azimuth=-0.2, margin=1.12),
            model.W_segment.highlight(), model.segments[last].highlight(), seconds=1.2,
        )  # fmt: skip
        c.play(model.segment_embed.sweep("column"), seconds=1.6, ease="linear")
        c.play(model.W_segment.highlight(0), model.segments[last].highlight(0), seconds=0.4)
        c.stop()

        c.say(
            """
            The three columns are added, channel by channel. In channel 0 of the last token: {e} from the token, {p}
            from the position, {s} from the part, together {x}.
            """,
            e=parts[0][last, 0],
            p=pos_embed[last, 0],
            s=model.segment_embed[last, 0],
            x=total[last, 0],
        )
    else:
        c.say(
            """
            The two columns are added, channel by channel. In channel 0 of the last token: {e} from the token, {p} from
            the position, together {x}.
            """,
            e=parts[0][last, 0],
            p=pos_embed[last, 0],
            x=total[last, 0],
        )
    if total is stream and ("embed_wide" in model or offset):
        c.say("{total:formula}", total=total)
    elif total is stream:
        c.say("$$x_{t,c} = W^{E}_{\\mathrm{token}_t,\\,c} + W^{\\mathrm{pos}}_{t,c}$$")
    card, zero, added = c.card(total), c.card(total[last, 0]), [x[last, 0] for x in parts]
    c.play(c.camera.frame(total, *parts, azimuth=-0.2, margin=1.12), seconds=1.3)
    c.play(card.appear(), *(x.highlight() for x in added), seconds=0.4)
    c.play(total.sweep(token=last), seconds=4.0, ease="linear")
    c.play(total.sweep("column"), seconds=1.6)
    c.play(card.vanish(), zero.appear(), total[last, 0].highlight(), seconds=0.4)
    c.stop()

    if "ln_embed" in model:
        norm, out = model.ln_embed, model.ln_embed.result
        c.say(
            """
            Before the first block, each column is {norm|normed}: brought to a common scale, whatever came together in
            it. How that is done, the next chapter tells. Channel 0 of the last token becomes {x}.
            """,
            without="""
            Before the first block, each column is {norm|normed}: brought to a common scale, whatever came together in
            it. How that is done, the next chapter tells.
            """,
            norm=norm,
            x=out[last, 0],
        )
        c.play(zero.vanish(), *(x.highlight(0) for x in (*added, total[last, 0])), seconds=0.4)
        c.play(c.camera.frame(total, norm, out, azimuth=-0.2, margin=1.12), c.flow(total, out), seconds=1.4)
        c.play(norm.highlight(), seconds=0.6)
        c.stop()
        c.play(norm.highlight(0), seconds=0.3)
    else:
        c.play(zero.vanish(), *(x.highlight(0) for x in (*added, total[last, 0])), seconds=0.4)

    c.say(
        """
        Why *add*, when token and position could each have channels of their own? Because it costs nothing and loses
        little: in {C} dimensions there is room for both, and training puts them where they do not disturb each other.

        What leaves here is the *residual stream*: one column for each token. Everything from now on reads from
        {stream|it} and adds to it.
        """,
        stream=stream,
    )
    c.play(*(c.flow(x, total) for x in parts), seconds=1.5)
    if total is not stream:
        c.play(c.flow(total, stream), c.camera.frame(total, stream, azimuth=-0.2), seconds=1.5)
    elif not c.has_values:  # the table between them would make both a speck
        c.play(c.camera.frame(parts[0], stream, azimuth=-0.2), seconds=1.5)
    c.play(stream.highlight(), seconds=0.6)
    c.stop()

"""Chapter 3: a token's column plus a position's column."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, Model, chapter


@chapter("embedding", title="Embedding")
def embedding(c: Chapter, model: Model, block: Block) -> None:
    tokens, w_e, w_pos = model.tokens, model.W_E, model.W_pos
    embed, pos_embed, stream = model.embed, model.pos_embed, block.resid_pre
    here = tokens | w_e | w_pos | embed | pos_embed | stream
    last = c.last
    token = tokens.tensor[last]
    c.about(embed, pos_embed)
    c.begin(here.others.opacity(0.15))

    c.say(
        """
        The first thing that happens to a token is a lookup. {w_e|This table} has one column for each of the {V}
        entries of the vocabulary, {C} cells tall. Nobody wrote these columns: training found them.
        """,
        w_e=w_e,
    )
    c.play(c.camera.frame(c.strip, tokens, w_e, w_pos, embed, azimuth=-0.2, margin=1.05), seconds=1.5)
    c.play(w_e.highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        The last token of your prompt is {token:token}, number {token:count}. So column {token:count} of the table is
        copied, cell by cell, to {embed|the token's place}. No arithmetic at all.
        """,
        token=token,
        embed=embed,
    )
    column = w_e[token, :]
    c.play(w_e.highlight(0), tokens[last].highlight(), column.highlight(), seconds=0.6)
    copy, leaves = c.fly(column, (embed.block.x + last, embed.block.y, embed.block.z - 0.3))
    c.play(leaves, seconds=1.8)
    c.play(embed.sweep(token=last), seconds=0.5)
    c.play(copy.vanish(), column.highlight(0), seconds=0.2)
    c.stop()

    c.say(
        "Every token does the same. Equal tokens get equal columns: the table does not know where in the text it "
        "is asked."
    )
    c.play(embed.sweep("column"), seconds=2.4, ease="linear")
    c.stop()

    c.say(
        """
        That would be a problem. Most of what follows treats the tokens as a bag, in no order, and would take `CAB`
        for `ABC`. So each **position** gets a column of its own, from {w_pos|a second table} with {P} columns.
        """,
        w_pos=w_pos,
    )
    place = w_pos[last, :]
    c.play(w_pos.highlight(), tokens[last].highlight(0), seconds=0.5)
    c.play(place.highlight(), w_pos.highlight(0), seconds=0.4)
    copy, leaves = c.fly(place, (pos_embed.block.x + last, pos_embed.block.y, pos_embed.block.z - 0.3))
    c.play(leaves, seconds=1.4)
    c.play(pos_embed.sweep(token=last), seconds=0.4)
    c.play(copy.vanish(), place.highlight(0), seconds=0.2)
    c.play(pos_embed.sweep("column"), seconds=1.2, ease="linear")
    c.stop()

    c.say(
        """
        The two columns are added, channel by channel. In channel 0 of the last token: {e} from the token, {p} from
        the position, together {x}.

        $$x_{t,c} = W^{E}_{\\mathrm{token}_t,\\,c} + W^{\\mathrm{pos}}_{t,c}$$
        """,
        e=embed[last, 0],
        p=pos_embed[last, 0],
        x=stream[last, 0],
    )
    card, zero = c.card(stream), c.card(stream[last, 0])
    c.play(c.camera.frame(embed, pos_embed, stream, azimuth=-0.2, margin=1.12), seconds=1.3)
    c.play(card.appear(), embed[last, 0].highlight(), pos_embed[last, 0].highlight(), seconds=0.4)
    c.play(stream.sweep(token=last), seconds=4.0, ease="linear")
    c.play(stream.sweep("column"), seconds=1.6)
    c.play(card.vanish(), zero.appear(), stream[last, 0].highlight(), seconds=0.4)
    c.stop()

    c.say(
        """
        Why *add*, when token and position could each have channels of their own? Because it costs nothing and loses
        little: in {C} dimensions there is room for both, and training puts them where they do not disturb each other.

        What leaves here is the *residual stream*: one column for each token. Everything from now on reads from
        {stream|it} and adds to it.
        """,
        stream=stream,
    )
    added = (embed[last, 0], pos_embed[last, 0], stream[last, 0])
    c.play(zero.vanish(), *(x.highlight(0) for x in added), seconds=0.4)
    c.play(c.flow(embed, stream), c.flow(pos_embed, stream), seconds=1.5)
    c.play(stream.highlight(), seconds=0.6)
    c.stop()

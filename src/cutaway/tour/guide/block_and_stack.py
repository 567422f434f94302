"""Chapter 8: the block as a whole, and the stack of blocks."""

from __future__ import annotations

from cutaway.tour import MLP, Block, Chapter, Model, chapter
from cutaway.tour.clips import Clip
from cutaway.tour.selection import Selection


@chapter("block-and-stack", title="The block, and the stack")
def block_and_stack(c: Chapter, model: Model, block: Block) -> None:
    blocks, last = model.blocks, c.last
    attn, mlp = block.attn, block.mlp
    stream = c.together(*block.stream)
    c.about(block)
    c.begin(block.others.opacity(0.12))

    side_by_side = len(c.readers(block.mlp_out)[0].reads) > 2
    said = {"attn": attn, "mlp": mlp}
    if side_by_side:
        c.say(
            """
            Now you have seen all parts of a block. In one breath: normalize, let tokens {attn|look at each other} and,
            side by side with that, let each token {mlp|think for itself}; add both.
            """,
            **said,
        )
    elif all(n.place == "before" for n in block.norms):
        c.say(
            """
            Now you have seen all parts of a block. In one breath: normalize, let tokens {attn|look at each other},
            add; normalize, let each token {mlp|think for itself}, add.
            """,
            **said,
        )
    elif all(n.place == "between" for n in block.norms):
        c.say(
            """
            Now you have seen all parts of a block. In one breath: let tokens {attn|look at each other}, add, normalize;
            let each token {mlp|think for itself}, add, normalize.
            """,
            **said,
        )
    elif all(n.place == "after" for n in block.norms):
        c.say(
            """
            Now you have seen all parts of a block. In one breath: let tokens {attn|look at each other}, normalize what
            they found, add; let each token {mlp|think for itself}, normalize what it made, add.
            """,
            **said,
        )
    else:
        c.say(
            """
            Now you have seen all parts of a block. In one breath: normalize, let tokens {attn|look at each other},
            normalize what they found, add; normalize, let each token {mlp|think for itself}, normalize, add.
            """,
            **said,
        )
    c.play(c.camera.frame(block, azimuth=-0.3, margin=1.02), seconds=1.5)
    for part in block.in_order:
        c.play(part.highlight(), seconds=0.6)
        c.play(part.highlight(0), seconds=0.4)
    c.stop()

    c.say(
        """
        Look at what goes {a|in} and what comes {b|out}: the same shape, {C} numbers for each token. *That* is why
        blocks can be stacked. The next one need not know whether it reads from the first or from the tenth.
        """,
        a=block.resid_pre,
        b=block.resid_post,
    )
    c.play(
        stream.others.opacity(0.12),
        (block.resid_pre | block.resid_post).highlight(), seconds=0.8,
    )  # fmt: skip
    c.play(c.flow(*block.stream), seconds=1.6)
    c.stop()

    if len({id(b.module) for b in blocks}) == 1:
        c.say(
            """
            So here they are: {L} blocks, equal in form. But each has its own {n} weights: same anatomy, another mind.
            """,
            n=block.parameters,
        )
    elif len({b.parameters for b in blocks}) == 1:
        c.say(
            """
            So here they are: {L} blocks, built alike but for details. But each has its own {n} weights: related
            anatomy, another mind.
            """,
            n=block.parameters,
        )
    else:
        c.say(
            """
            So here they are: {L} blocks, built alike but for details. And each has weights of its own, the first {n}
            and the last {m}: related anatomy, another mind.
            """,
            n=block.parameters,
            m=blocks[-1].parameters,
        )
    c.play((block.resid_pre | block.resid_post).highlight(0), c.camera.frame(margin=1.03), seconds=1.4)
    for each in blocks[:6]:
        c.play(each.opacity(1), each.highlight(), seconds=0.6)
        c.play(each.highlight(0), seconds=0.3)
    if len(blocks) > 6:
        c.play(c.everything.opacity(1), seconds=0.6)
    c.stop()

    c.say(
        """
        What does depth buy? The second block reads what the first has *found out*; its queries can ask about things
        that no token says by itself. Follow the last token: channel 0 is {a} when it enters, and {b} when it has been
        through everything. Each block has changed it a little.
        """,
        without="""
        What does depth buy? The second block reads what the first has *found out*; its queries can ask about things
        that no token says by itself. Each block changes a column a little, and hands it on.
        """,
        a=blocks[0].resid_pre[last, 0],
        b=blocks[-1].resid_post[last, 0],
    )
    columns = [b.resid_post.at(token=last) for b in blocks[:6]]
    c.play(_streams(c, model).others.opacity(0.15), blocks[0].resid_pre.at(token=last).highlight(), seconds=0.8)
    for i, each in enumerate(blocks[:6]):
        c.play(c.flow(*each.stream), seconds=0.9)
        on: list[Clip] = [c.flow(each.resid_post, blocks[i + 1].resid_pre)] if i + 1 < len(blocks) else []
        c.play(columns[i].highlight(), *on, seconds=0.6)
    c.stop()

    c.say(
        """
        How many blocks? Again a designer's choice, with a price that is easy to state: twice the depth is twice the
        weights and twice the work. Small models have a handful, the largest more than a hundred; this model has {L}.
        """
    )
    last_one = blocks[-1].resid_post
    read_out = (x for x in c.readers(last_one) if f"{last_one.name}>{x.name}" in c.places.ribbons)
    after = next(read_out, None)
    if after is None:
        c.say(
            """
            After the last block there is nothing more. {x|The stream} is what this model gives: a column for each
            token, in which it knows its surroundings. Other programs read it.
            """,
            x=last_one,
        )
        part = last_one
    elif "ln_final" in model:
        c.say(
            "After the last block there is {norm|one more norm}, and then the stream is ready to be read out.",
            norm=model.ln_final,
        )
        part = model.ln_final
    elif c.has_decoder:
        c.say(
            """
            After the last block of this stack there is {norm|one more norm}. Then the prompt has been read, and the
            second stack may look at what was found.
            """,
            norm=c.parent(after),
        )
        part = after
    elif isinstance(c.parent(after), MLP):
        c.say("After the last block, {x|the stream} goes to {head|a head}, which reads it out.", x=last_one, head=after)
        part = after
    else:
        c.say("After the last block, {x|the stream} is ready to be read out.", x=last_one)
        part = after
    c.play(
        c.everything.opacity(1),
        *(x.highlight(0) for x in columns),
        blocks[0].resid_pre.at(token=last).highlight(0),
        seconds=0.8,
    )
    c.play(c.camera.frame(part, *([after] if after else []), last_one, margin=1.2), part.highlight(), seconds=1.4)
    if after is not None:
        c.play(c.flow(last_one, after), seconds=1.0)
    c.stop()


def _streams(c: Chapter, model: Model) -> Selection:
    """The stations of the residual stream in all blocks."""
    return c.together(*(x for block in model.blocks for x in block.stream))

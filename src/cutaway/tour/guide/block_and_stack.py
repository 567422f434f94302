"""Chapter 8: the block as a whole, and the stack of blocks."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, Model, chapter
from cutaway.tour.clips import Clip


@chapter("block-and-stack", title="The block, and the stack")
def block_and_stack(c: Chapter, model: Model, block: Block) -> None:
    blocks, last = model.blocks, c.last
    attn, mlp = block.attn, block.mlp
    c.about(block)
    c.begin(block.others.opacity(0.12))

    c.say(
        """
        Now you have seen all parts of a block. In one breath: normalize, let tokens {attn|look at each other}, add;
        normalize, let each token {mlp|think for itself}, add.
        """,
        attn=attn,
        mlp=mlp,
    )
    c.play(c.camera.frame(block, azimuth=-0.3, margin=1.02), seconds=1.5)
    for part in (block.norms[0], attn, block.norms[-1], mlp):
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
        (block.resid_pre | block.resid_mid | block.resid_post).others.opacity(0.12),
        (block.resid_pre | block.resid_post).highlight(), seconds=0.8,
    )  # fmt: skip
    c.play(c.flow(block.resid_pre, block.resid_mid, block.resid_post), seconds=1.6)
    c.stop()

    n = c.costs.parameters(name for name in c.costs.names if name.startswith("blocks.")) // len(blocks)
    c.say(
        "So here they are: {L} blocks, equal in form. But each has its own {n} weights: same anatomy, another mind.",
        n=n,
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
        a=blocks[0].resid_pre[last, 0],
        b=blocks[-1].resid_post[last, 0],
    )
    columns = [b.resid_post.at(token=last) for b in blocks[:6]]
    c.play(_streams(c, model).others.opacity(0.15), blocks[0].resid_pre.at(token=last).highlight(), seconds=0.8)
    for i, each in enumerate(blocks[:6]):
        c.play(c.flow(each.resid_pre, each.resid_mid, each.resid_post), seconds=0.9)
        on: list[Clip] = [c.flow(each.resid_post, blocks[i + 1].resid_pre)] if i + 1 < len(blocks) else []
        c.play(columns[i].highlight(), *on, seconds=0.6)
    c.stop()

    c.say(
        """
        How many blocks? Again a designer's choice, with a price that is easy to state: twice the depth is twice the
        weights and twice the work. GPT-2 comes with 12, 24, 36 or 48; this model has {L}.

        After the last block there is {norm|one more layer norm}, and then the stream is ready to be read out.
        """,
        norm=model.ln_final,
    )
    c.play(
        c.everything.opacity(1),
        *(x.highlight(0) for x in columns),
        blocks[0].resid_pre.at(token=last).highlight(0),
        seconds=0.8,
    )
    c.play(c.camera.frame(model.ln_final, blocks[-1].resid_post, margin=1.2), model.ln_final.highlight(), seconds=1.4)
    c.play(c.flow(blocks[-1].resid_post, model.ln_final.normalized), seconds=1.0)
    c.stop()


def _streams(c: Chapter, model: Model):
    """The stations of the residual stream in all blocks."""
    made = model.blocks[0].resid_pre | model.blocks[0].resid_mid
    for each in model.blocks:
        made = made | each.resid_pre | each.resid_mid | each.resid_post
    return made

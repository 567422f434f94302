"""Two stacks with lengths of their own: what either costs, and what a decoder need not compute again."""

from __future__ import annotations

import math

from cutaway.formula import length
from cutaway.tour import Chapter, Model, chapter
from cutaway.tour.tensor_view import TensorView


@chapter("two-lengths", title="Two lengths, and what is kept")
def two_lengths(c: Chapter, model: Model) -> None:
    c.needs(c.has_decoder and "cross_attn" in model.stacks[-1][0], "decoder that looks at an encoder")
    reading, writing = model.stacks[0], model.stacks[-1]
    first, block = reading[0], writing[0]
    attn, cross = block.attn, block.cross_attn
    written = c.tensor(str(c.definition.decoder))
    spot = c.spot
    n, m = c.tokens, length(written.tensor.axes[0])
    heads = cross.q.axis("head").size
    c.about(first, block)
    c.begin((first | block).others.opacity(0.15))

    encoding, decoding, crossing = first.attn.attn_scores, attn.attn_scores, cross.attn_scores
    c.say(
        """
        The two stacks have lengths of their own: {n:count} tokens are read, {m:count} written so far. Look at the
        scores. In the encoder every token read meets every other one: {a:count} {s|scores} for a head.
        """,
        without="""
        The two stacks have lengths of their own: one text is read, another one is written. Look at the scores. In the
        encoder every token read {s|meets} every other one.
        """,
        n=n,
        m=m,
        a=n * n,
        s=encoding,
    )
    c.play(
        c.focus(encoding, decoding, crossing, rest=0.08),
        c.camera.frame(encoding, azimuth=-0.3, margin=1.4),
        seconds=1.6,
    )
    c.play(encoding.highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        In the decoder every token written meets itself and those before it; {s|its table} has {b:count} of these.
        And in cross-attention every {written|token written} meets every {read|token read}: {c|the table} has {x:count}.
        It is as wide as the one text and as tall as the other.
        """,
        without="""
        In the decoder every token written {s|meets} itself and those before it. And in cross-attention every
        {written|token written} meets every {read|token read}: {c|the table} is as wide as the one text and as tall as
        the other.
        """,
        b=m * (m + 1) / 2,
        x=n * m,
        s=decoding,
        c=crossing,
        written=written,
        read=model.tokens,
    )
    c.play(
        encoding.highlight(0), (written | model.tokens).opacity(1),
        c.camera.frame(decoding, crossing, azimuth=-0.3, margin=1.15), seconds=1.6,
    )  # fmt: skip
    for table in (decoding, crossing):
        c.play(table.highlight(), seconds=0.5)
        c.play(table.highlight(0), seconds=0.4)
    c.stop()

    c.say(
        """
        Each token that is written means another run of the decoder. Not of the encoder: what it {found|has found} does
        not change as long as the prompt stays. It has {r} blocks, which work once; the {w} blocks of the decoder work
        for every token that is written.
        """,
        found=cross.k.reads[0],
        r=len(reading),
        w=len(writing),
    )
    found = cross.k.reads[0]
    c.play(c.everything.opacity(1), c.camera.frame(margin=1.03), seconds=1.4)
    c.play(found.highlight(), seconds=0.6)
    c.stop()

    kept, once = (_per_token(x.k, x.v) * len(writing) for x in (attn, cross))
    c.say(
        """
        And of the decoder most is known already. In its {a|self-attention} no token looks at those behind it, so the
        columns before the {col|last one} stay as they were. What the new column needs of them are {k|keys} and
        {v|values}: {per} numbers for each token written, over all blocks. They are **kept**: that is the *key-value
        cache*.
        """,
        a=attn,
        col=block.resid_pre.at(**spot),
        k=attn.k,
        v=attn.v,
        per=kept,
    )
    c.play(
        found.highlight(0), c.focus(attn.q, attn.k, attn.v, attn.pattern, block.resid_pre),
        c.camera.frame(attn.q, attn.k, attn.v, attn.pattern, block.resid_pre, azimuth=-0.3, elevation=0.2, margin=1.08),
        seconds=1.4,
    )  # fmt: skip
    c.play((attn.k | attn.v).highlight(), block.resid_pre.at(**spot).highlight(), seconds=0.6)
    c.stop()

    c.say(
        """
        In {x|cross-attention} there is even less to do: {k|keys} and {v|values} are made from what the encoder has
        found. They are computed once, {per} numbers for each token of the prompt, and never again. A new token brings
        its query, and nothing else.
        """,
        x=cross,
        k=cross.k,
        v=cross.v,
        per=once,
    )
    c.play(
        (attn.k | attn.v).highlight(0), block.resid_pre.at(**spot).highlight(0),
        c.focus(cross.q, cross.k, cross.v, cross.pattern),
        c.camera.frame(cross.q, cross.k, cross.v, cross.pattern, azimuth=-0.3, elevation=0.2, margin=1.08), seconds=1.4,
    )  # fmt: skip
    c.play((cross.k | cross.v).highlight(), seconds=0.6)
    c.play(cross.q.at(**spot).highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        So one more token costs one column of the decoder: {s:count} scores for each head with the tokens written,
        {x:count} with those read. A short answer to a long text is cheap: the long text is read once.
        """,
        without="""
        So one more token costs one column of the decoder: in each of {H} heads a score with every token written and
        with every token read. A short answer to a long text is cheap: the long text is read once.
        """,
        s=m + 1,
        x=n,
        H=heads,
    )
    c.play(
        (cross.k | cross.v).highlight(0), cross.q.at(**spot).highlight(0), c.focus(block),
        c.camera.frame(block, azimuth=-0.25, margin=1.02), seconds=1.4,
    )  # fmt: skip
    c.play(*(x.at(**spot).highlight() for x in block.stream), c.flow(*block.stream), seconds=1.6)
    c.stop()


def _per_token(*tensors: TensorView) -> int:
    """How many numbers there are of each token, in one block."""
    return sum(math.prod(a.size for a in x.tensor.axes if not a.dynamic) for x in tensors)

"""The second stack of an encoder-decoder: what it writes, and how it looks at what was read."""

from __future__ import annotations

from cutaway.tour import Chapter, Model, chapter
from cutaway.tour.guide.attention_mask import show_column


@chapter("cross-attention", title="The decoder, and cross-attention")
def cross_attention(c: Chapter, model: Model) -> None:
    c.needs(c.has_decoder and "cross_attn" in model.stacks[-1][0], "decoder that looks at an encoder")
    block = model.stacks[-1][0]
    attn, cross = block.attn, block.cross_attn
    written = c.tensor(str(c.definition.decoder))
    (embed,) = c.readers(written)
    spot = c.spot
    (last,) = spot.values()
    q, k, v, scores, pattern, z = cross.q, cross.k, cross.v, cross.attn_scores, cross.pattern, cross.z
    read = k.reads[0]
    c.about(block)
    c.begin((block | written | embed | read).others.opacity(0.1))

    c.say(
        """
        All that was the first stack, the **encoder**: it has read the prompt. The second one, the **decoder**, writes.
        It starts from {w|what has been written} so far: a token that marks the beginning, and {n:count} behind it. The
        same table turns them into columns.
        """,
        without="""
        All that was the first stack, the **encoder**: it has read the prompt. The second one, the **decoder**, writes.
        It starts from {w|what has been written} so far, at first a token that marks the beginning, and turns it into
        columns by the same table.
        """,
        w=written,
        n=last,
    )
    c.play(c.camera.frame(written, embed, block.resid_pre, azimuth=-0.2, margin=1.15), seconds=1.5)
    c.play(c.flow(written, embed, block.resid_pre), seconds=1.2)
    c.stop()

    c.say(
        """
        Its blocks are built like those of the encoder. But in its {a|self-attention} a token sees only itself and
        those before it: the rest is masked, for it is what has yet to be written. That is the **causal mask**.
        """,
        a=attn,
    )
    c.play(c.camera.frame(attn.attn_scores, attn.pattern, azimuth=-0.3, margin=1.15), seconds=1.4)
    c.play(attn.attn_scores.highlight(), seconds=0.6)
    c.play(attn.attn_scores.highlight(0), seconds=0.4)
    if not c.has_values:
        show_column(c, attn)
    c.stop()

    c.say(
        """
        And between the two parts that you know there is a third: **cross-attention**. The {q|query} comes from a token
        that was written. But {k|keys} and {v|values} are made from {r|what the encoder has found}. So each written
        token may search the prompt. The last one's score for token 0 of the prompt is {x}.
        """,
        q=q,
        k=k,
        v=v,
        r=read,
        x=scores[0, last, 0],
    )
    meeting = q.head(0) | k.head(0) | scores.head(0)
    card = c.card(scores[0, last, 0])
    made = read | v.head(0)
    c.play(
        c.focus(meeting | made, rest=0.08),
        c.camera.frame(meeting, azimuth=-0.12, margin=1.15),
        card.appear(),
        seconds=1.4,
    )
    c.dot(scores[0, last, 0], seconds=6.0, fills=scores.head(0).sweep(cells=1, **spot))
    c.play(scores.head(0).sweep(**spot), seconds=1.2, ease="linear")
    c.play(scores.head(0).sweep("column"), card.vanish(), seconds=1.2, ease="linear")
    c.stop()

    c.say(
        """
        Nothing is masked here: the whole prompt has been read. Softmax makes shares; token 0 gets {p:percent} of the
        last token's attention. And the values are mixed accordingly.
        """,
        without="""
        Nothing is masked here: the whole prompt has been read. Softmax makes shares, and the values are mixed
        accordingly.
        """,
        p=pattern[0, last, 0],
    )
    mixing = pattern.head(0) | v.head(0) | z.head(0)
    c.play(c.focus(scores.head(0) | mixing, rest=0.08), c.camera.frame(mixing, azimuth=-0.15, margin=1.15), seconds=1.2)
    c.play(pattern.head(0).sweep("column"), seconds=1.4, ease="linear")
    c.play(pattern[0, last, :].highlight(), seconds=0.4)
    c.play(z.head(0).sweep("row"), pattern[0, last, :].highlight(0), seconds=1.2, ease="linear")
    c.stop()

    c.say(
        """
        The result is added to the decoder's stream, like everything else. This is the only bridge between the two
        stacks. The encoder's work is done once; the decoder crosses the bridge for every token it writes.
        """
    )
    c.play(c.focus(block, read), c.camera.frame(block, azimuth=-0.25, margin=1.02), seconds=1.5)
    c.play(c.flow(*block.stream), cross.highlight(), seconds=1.6)
    c.stop()

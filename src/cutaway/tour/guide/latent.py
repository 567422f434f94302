"""Keys and values made from one short vector, in models that compress what they keep."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter


@chapter("compressed-keys", title="Compressed keys and values")
def compressed_keys(c: Chapter, block: Block) -> None:
    attn, last = block.attn, c.last
    c.needs("kv_latent" in attn, "compressed keys and values")
    short, norm, k, v = attn.kv_latent, attn.kv_latent_norm, attn.k, attn.v
    column, weights = short.reads[:2]
    full = attn.q.axis("head").size * (k.tensor.axes[-1].size + v.tensor.axes[-1].size)
    c.about(attn)
    c.begin((attn.preparation | column).others.opacity(0.1), attn.preparation.opacity(0.25))

    c.say(
        """
        The next part, attention, needs two vectors of each token for each of its {H} heads: a *key*, by which the
        token is found, and a *value*, which it hands on. As long as a text is being written, both have to be kept:
        {n} numbers for each token, in this block alone. This model keeps less.
        """,
        n=full,
    )
    c.play(c.camera.frame(column, short, k, v, azimuth=-0.25, margin=1.08), (k | v).opacity(1), seconds=1.5)
    c.play((k | v).highlight(), seconds=0.6)
    c.stop()

    c.say(
        """
        First it makes **one short vector** of the column: {m} numbers instead of {C}. Each is a dot product of the
        column with {w|weights}; the first one is {x}.
        """,
        without="""
        First it makes **one short vector** of the column: {m} numbers instead of {C}. Each is a dot product of the
        column with {w|weights}.
        """,
        m=short.tensor.axes[-1].size,
        w=weights,
        x=short[last, 0],
    )
    card = c.card(short[last, 0])
    c.play(
        (k | v).highlight(0), (k | v).opacity(0.25), (column | weights | short).opacity(1), card.appear(),
        c.camera.frame(column, weights, short, azimuth=-0.15, margin=1.12), seconds=1.3,
    )  # fmt: skip
    c.dot(short[last, 0], seconds=5.0)
    c.play(short.sweep("row"), card.vanish(), seconds=1.4, ease="linear")
    c.stop()

    c.say(
        """
        It is {norm|normed}, and then spread out again: keys for all {H} heads come from these {m} numbers. The first
        of head 0 is {x}.
        """,
        norm=norm,
        m=short.tensor.axes[-1].size,
        x=k[last, 0, 0],
    )
    card = c.card(k[last, 0, 0])
    c.play(
        (norm | k.reads[1] | k).opacity(1), card.appear(),
        c.camera.frame(short, norm, k.reads[1].head(0), k.head(0), azimuth=-0.2, margin=1.12), seconds=1.3,
    )  # fmt: skip
    c.play(norm.normalized.sweep("row"), seconds=1.0, ease="linear")
    c.dot(k[last, 0, 0], seconds=4.0)
    c.play(k.sweep("row"), card.vanish(), seconds=1.2, ease="linear")
    c.stop()

    c.say("And values in the same way, from the same short vector, with {w|weights of their own}.", w=v.reads[1])
    if name := c.stored_in(k.reads[1], v.reads[1]):
        c.say("Both sets of weights are stored as one matrix, `{name}`; here it is drawn as two.", name=name)
    c.play(
        (v | v.reads[1]).opacity(1), c.camera.frame(norm.normalized, v.reads[1], v, azimuth=-0.25, margin=1.1),
        seconds=1.3,
    )  # fmt: skip
    c.play(v.sweep("row"), seconds=1.6, ease="linear")
    c.stop()

    c.say(
        """
        One thing would be lost in the squeezing: where the token stands. So {k|a few numbers} travel beside it, {r} of
        them, for all heads together. How a place is written into them is told after attention.
        """,
        k=attn.rot_k,
        r=attn.rot_k.tensor.axes[-1].size,
    )
    c.play(
        c.camera.frame(attn.k_rope, attn.rot_k, short, azimuth=-0.2, margin=1.12),
        (attn.k_rope | attn.rot_k).opacity(1),
        seconds=1.3,
    )  # fmt: skip
    c.play(attn.k_rope.sweep("row"), seconds=1.0, ease="linear")
    c.play(attn.rot_k.sweep("row"), seconds=1.0, ease="linear")
    c.stop()

    kept = attn.kept
    c.say(
        """
        What has to be kept of a token is then {a} and {b}: {m} numbers instead of {n}. Keys and values can be made
        from them whenever they are wanted.
        """,
        a=kept[0],
        b=kept[-1],
        m=sum(t.tensor.axes[-1].size for t in kept),
        n=full,
    )
    if "q_latent" in attn:
        c.say(
            """
            {q|Queries} go through a short vector of their own. They are never kept; here it saves weights.
            """,
            q=attn.q_latent,
        )
    c.play(c.camera.frame(attn, azimuth=-0.3, margin=1.05), attn.preparation.opacity(1), seconds=1.4)
    for t in kept:
        c.play(t.highlight(), seconds=0.6)
    c.stop()

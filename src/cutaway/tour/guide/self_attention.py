"""Chapter 5: queries, keys, values; scores, mask, softmax; the weighted sum; all heads."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter
from cutaway.tour.guide.attention_heads import all_heads
from cutaway.tour.guide.attention_mask import who_is_seen
from cutaway.tour.guide.attention_scores import on_the_way, search, sink


@chapter("self-attention", title="Self-attention")
def self_attention(c: Chapter, block: Block) -> None:
    attn = block.attn
    q, k, v, scores, pattern, z = attn.q, attn.k, attn.v, attn.attn_scores, attn.pattern, attn.z
    normed, w_q = q.reads[:2]
    w_v = v.reads[1]
    asked, offered = scores.reads[:2]
    largest, total = attn.attn_scores_max, attn.attn_scores_expsum
    last, near = c.last, attn.first_seen(c.last)
    c.about(attn)
    c.begin((attn | normed).others.opacity(0.1), attn.some("W_O", "b_O", "out").opacity(0.1))

    c.say("So far every token has been alone in its column.")
    if "sort" in c.task:
        c.say(
            "But whoever is to predict what follows must know what came before: to sort letters, one has to have "
            "seen them."
        )
    elif attn.causal:
        c.say("But whoever is to predict what follows must know what came before.")
    else:
        c.say("But what a token means depends on those around it.")
    c.say(
        """
        **Attention** is the one place in the machine where tokens learn of each other. It is a search: each token asks
        a question, and each token answers as well as it fits.
        """
    )
    c.play(c.camera.frame(attn, azimuth=-0.35, margin=1.05), seconds=1.6)
    c.play(normed.highlight(), seconds=0.6)
    c.stop()

    asks = {"w": w_q, "n": normed.tensor.axes[-1].size}
    if "q_latent" in attn:
        c.say(
            """
            The question is the **query**: {A} numbers, each a *dot product*. A row of {w} meets {short|the short
            vector} that was made of the last token's column; number by number they are multiplied, and the {n}
            products are added up.
            """,
            short=normed,
            **asks,
        )
    else:
        c.say(
            """
            The question is the **query**: {A} numbers, each a *dot product*. A row of {w} meets the column of the last
            token; number by number they are multiplied, and the {n} products are added up.
            """,
            **asks,
        )
    if "b_Q" in attn:
        c.say("With a bias on top: {x}.", without="A bias is added on top.", x=q[last, 0, 0])
    else:
        c.say("The sum is {x}.", x=q[last, 0, 0])
    first = w_q.head(0) | attn.some("b_Q") | q.head(0) | normed
    rest = attn.preparation - w_q - q - attn.some("b_Q")
    card = c.card(q[last, 0, 0])
    c.play(
        normed.highlight(0), c.camera.frame(normed, w_q.head(0), q.head(0), azimuth=-0.15, margin=1.12),
        (rest | scores).opacity(0.25), w_q.heads(1).opacity(0.1),
        q.heads(1).opacity(0.1), seconds=1.4,
    )  # fmt: skip
    c.play(first.highlight(), seconds=0.3)
    c.play(first.highlight(0), card.appear(), seconds=0.3)
    c.dot(q[last, 0, 0], seconds=8.0, fills=q.head(0).sweep(token=last, cells=1))
    c.stop()

    c.say(
        """
        The other cells of the column come about the same way, each from a row of its own. And then the other tokens,
        all with the *same* weights: the question is asked in the same words, but by another speaker.
        """
    )
    follow = c.card(q)
    c.play(card.vanish(), follow.appear(), seconds=0.3)
    c.play(q.head(0).sweep(token=last), seconds=3.6, ease="linear")
    c.play(follow.vanish(), q.head(0).sweep("row"), seconds=1.8, ease="linear")
    c.stop()

    c.say(
        """
        In the same way, with weights of their own, each token makes two more vectors: a {k|key}, what it offers to be
        found by, and a {v|value}, what it hands on when it is found.

        Three roles, so three vectors: what I look for need not be what I am.
        """,
        k=k,
        v=v,
    )
    if name := c.stored_in(w_q, k.reads[1], w_v):
        c.say("The weights for all three are stored as one matrix, `{name}`; here it is drawn as three.", name=name)
    c.play(
        c.camera.frame(q.head(0), k.head(0), v.head(0), scores.head(0), w_v.head(0), azimuth=-0.2, margin=1.08),
        rest.opacity(1), seconds=1.3,
    )  # fmt: skip
    c.play(k.head(0).highlight(), k.head(0).sweep("row"), seconds=1.6)
    c.play(k.head(0).highlight(0), v.head(0).highlight(), v.head(0).sweep("row"), seconds=1.6)
    c.play(v.head(0).highlight(0), seconds=0.3)
    c.stop()

    on_the_way(c, attn)
    search(c, attn)
    who_is_seen(c, attn)

    c.say(
        """
        Scores can be anything; shares have to be positive and add up to 1. That is the work of **softmax**. Find the
        largest score of the column, {m}, and subtract it. Take $e^{x}$ of each. Add these up: {s}. Divide.

        Token {t:count} gets {p:percent} of the last token's attention.
        """,
        without="""
        Scores can be anything; shares have to be positive and add up to 1. That is the work of **softmax**. Find
        {m|the largest score} of the column, and subtract it from all. Take $e^{x}$ of each. {s|Add these up}. Divide
        each by that sum.
        """,
        m=largest[0, last],
        s=total[0, last],
        t=near,
        p=pattern[0, last, near],
    )
    if "sinks" in attn:
        c.say("In that sum, and in the search for the largest, one number takes part that is no token's: of that next.")
    share, first_share = c.card(pattern), c.card(pattern[0, last, near])
    c.play(
        c.camera.frame(scores.head(0), pattern.head(0), azimuth=-0.12, margin=1.15), (asked | offered).opacity(0.08),
        (pattern.head(0) | largest.head(0) | total.head(0)).opacity(1), seconds=1.2,
    )  # fmt: skip
    c.play(scores[0, last, :].highlight(), seconds=0.3)
    c.play(largest.head(0).sweep("cell"), seconds=0.8)
    c.play(total.head(0).sweep("cell"), seconds=0.8)
    c.play(share.appear(), seconds=0.2)
    c.play(pattern.head(0).sweep(token=last), seconds=2.0, ease="linear")
    c.play(share.vanish(), first_share.appear(), pattern[0, last, near].highlight(), seconds=0.4)
    c.play(scores[0, last, :].highlight(0), pattern.head(0).sweep("column"), seconds=1.6, ease="linear")
    c.stop()
    c.play(first_share.vanish(), pattern[0, last, near].highlight(0), seconds=0.3)

    if "sinks" in attn:
        sink(c, attn)

    c.say(
        """
        The answer: {z|a mixture of the values}, each taken as much as it is attended to. Once more a dot product: the
        column of the pattern with a row of values. What was found is now in the last token's own column.
        """,
        z=z,
    )
    mixed = c.card(z[last, 0, 0])
    mixing = pattern.head(0) | v.head(0) | z.head(0)
    c.play(c.focus(mixing, rest=0.08), c.camera.frame(mixing, azimuth=-0.12, margin=1.15), mixed.appear(), seconds=1.2)
    c.dot(z[last, 0, 0], seconds=6.0, fills=z.head(0).sweep(token=last, cells=1))
    c.wait(0.3)
    c.play(mixed.vanish(), z.head(0).sweep(token=last), seconds=0.8, ease="linear")
    c.play(z.head(0).sweep("row"), seconds=1.4, ease="linear")
    c.stop()

    all_heads(c, attn)

    c.say(
        """
        Step back for the point of it all. {w|These weights} are the same for every prompt. But {pattern|the pattern}
        is also used as a matrix of weights, and *it was computed from the prompt*. The machine rewires itself for
        each text it reads.

        Change the prompt, and see which cells of the pattern move.
        """,
        without="""
        Step back for the point of it all. {w|These weights} are the same for every prompt. But {pattern|the pattern}
        is also used as a matrix of weights, and *it is computed from the prompt*. The machine rewires itself for
        each text it reads.
        """,
        w=w_v,
        pattern=pattern,
    )
    c.prompt()
    c.play(c.focus(pattern, v, z, w_v), c.camera.frame(pattern, v, z, w_v, azimuth=-0.4, elevation=0.2), seconds=1.4)
    c.play(w_v.highlight(), seconds=0.5)
    c.wait(0.5)
    c.play(w_v.highlight(0), pattern.highlight(), seconds=0.6)
    c.stop()

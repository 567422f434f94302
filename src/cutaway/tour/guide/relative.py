"""How attention learns how far apart tokens are, in models that add a number for the distance."""

from __future__ import annotations

from cutaway.tour import Block, Chapter, chapter


@chapter("relative-positions", title="Relative positions")
def relative_positions(c: Chapter, block: Block) -> None:
    attn, last = block.attn, c.last
    scores = attn.attn_scores
    found = [x for x in scores.reads if c.parent(x).kind == "position"]
    c.needs(bool(found), "number that is added for the distance")
    bias = found[0]
    part = c.parent(bias)
    distance, bucket, table = part.distance, part.bucket, part.W
    c.about(part)
    c.begin((part | scores).others.opacity(0.1))

    c.say(
        """
        No column says so far where its token stands. But order matters, and attention is where tokens are compared.
        What counts there is how far apart two of them are: {d|this table} holds the distance of every token from every
        other one. From the last token to token 0 it is {x:count}.
        """,
        d=distance,
        x=distance.tensor[last, 0],
    )
    c.play(c.camera.frame(distance, azimuth=-0.12, margin=1.25), seconds=1.5)
    c.play(distance.sweep("column"), seconds=2.0, ease="linear")
    c.play(distance[last, 0].highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        Distances are sorted into {n} {b|groups}. Near ones have a group each; of far ones many share one. Whether a
        word stands 40 or 41 places away hardly matters, whether it is the next one matters much. Here it is group
        {x:count}.
        """,
        n=table.tensor.axes[0].size,
        b=bucket,
        x=bucket.tensor[last, 0],
    )
    if not attn.causal:
        c.say("Half of the groups are for tokens that stand before, half for those behind.")
    c.play(
        distance[last, 0].highlight(0), c.camera.frame(bucket, azimuth=-0.12, margin=1.25), seconds=1.2,
    )  # fmt: skip
    c.play(bucket.sweep("column"), seconds=2.0, ease="linear")
    c.play(bucket[last, 0].highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        For each group and each of the {H} heads {w|one number} was learned. So {b|these numbers} are looked up; head 0
        gets {x}. One head may like its neighbours, another one what is far away.
        """,
        without="""
        For each group and each of the {H} heads {w|one number} was learned. So {b|these numbers} are looked up. One
        head may like its neighbours, another one what is far away.
        """,
        w=table,
        b=bias,
        x=bias[0, last, 0],
    )
    c.play(bucket[last, 0].highlight(0), c.camera.frame(table, bias, azimuth=-0.3, margin=1.15), seconds=1.3)
    c.play(table.highlight(), seconds=0.5)
    c.play(table.highlight(0), bias.sweep("column"), seconds=2.0, ease="linear")
    c.play(bias[0, last, 0].highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        And the number is simply added to the {s|score}, in every block the same. What a token means and how far away
        it is are weighed against each other there. Where the two stand in the text does not matter, only their
        distance.
        """,
        s=scores,
    )
    c.play(
        bias[0, last, 0].highlight(0), c.camera.frame(bias.head(0), scores.head(0), azimuth=-0.15, margin=1.1),
        seconds=1.4,
    )  # fmt: skip
    c.play(scores[0, last, 0].highlight(), bias[0, last, 0].highlight(), seconds=0.8)
    c.wait(0.4)
    c.play(c.camera.frame(scores.head(0), azimuth=-0.15, margin=1.5), seconds=1.2)
    c.play(scores.sweep("column"), seconds=1.6, ease="linear")
    c.stop()

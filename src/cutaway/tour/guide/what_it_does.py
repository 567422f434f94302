"""Chapter 1: what the machine does, and the whole way through it once."""

from __future__ import annotations

from cutaway.formula import ArgMax, Max
from cutaway.tour import Block, Chapter, Model, chapter


@chapter("what-it-does", title="What it does")
def what_it_does(c: Chapter, model: Model, block: Block) -> None:
    c.needs("probs" in model, "predictions of tokens")
    tokens, probs, logits = model.tokens, model.probs, model.logits
    v = probs.axis("vocabulary")
    (spot,) = c.spot.values()
    next_token = ArgMax(v, probs.tensor[spot, v])
    chance = Max(v, probs.tensor[spot, v])
    c.about(tokens, probs)

    c.say(
        """
        This is a whole language model. Not a sketch of one: **every number in it is here**, as a small square, a
        *cell*. There are {weights} of them that it has learned, and {computed:count} more that it has just computed
        from the prompt {prompt}.
        """,
        without="""
        This is a whole language model: **every number in it has its place here**, as a small square, a *cell*. There
        are {weights} of them that it has learned. What these numbers are is not known here; this tour tells how the
        machine is built.
        """,
        weights=c.costs.parameters(),
        computed=c.computed,
    )
    if "sort" in c.task:
        c.say(
            "Small as it is, it has learned something: to **sort**. Give it letters, and it writes them down in order."
        )
    elif c.has_decoder:
        c.say("It has learned one thing: to read a text, and to write another one that answers it.")
    elif c.predicts == "masked":
        c.say("It has learned one thing: to say which token stands at a place, by all that stands around it.")
    else:
        c.say("It has learned one thing: to say which token comes next.")
    c.play(c.camera.frame(margin=1.03), seconds=1.0)
    c.play(c.flow(tokens, model.embed), seconds=1.2)
    c.stop()

    c.say(
        "The prompt goes in here: {T:count} {tokens}. The model sees nothing else. What you typed yesterday, "
        "or on another page, it does not know.",
        without="The prompt goes in here: {tokens}, {most} at most. The model sees nothing else. What somebody typed "
        "yesterday, or on another page, it does not know.",
        most=c.longest,
        tokens=tokens,
        T=c.tokens,
    )
    if c.imagined is not None:
        c.say("Let us take a prompt of {n}: it fills the first {n} columns of all that is computed.", n=c.imagined)
    elif not c.has_values and c.definition.context < c.definition.true_context:
        c.say(
            """
            The picture is drawn for {n} of them: the tables that compare every token with every other one would hide
            all else.
            """,
            n=c.definition.context,
        )
    with c.scope():
        shown = [c.strip, tokens, model.embed]
        if not c.has_values:  # a line above a column as tall as a wall would be all but out of sight
            width = min(c.drawn, c.size("channel"))
            shown = [tokens[0:width], model.embed[0:width, slice(0, min(width // 2, model.embed.tensor.axes[-1].size))]]
        c.play(c.camera.frame(*shown, margin=1.06), tokens.others.opacity(0.25), seconds=1.6)
        c.play(tokens[0 : c.tokens].highlight(), tokens.highlight(), seconds=0.6)
        c.stop()

    said = {"probs": probs, "best": next_token, "chance": chance}
    if c.predicts == "masked":
        c.say(
            """
            And here is everything that comes out: at each place one {probs|chance} for each of the {V} tokens it
            knows. At place {n:count}, where the prompt has {there:token}, it thinks of {best:token} first, with a
            chance of {chance:percent}. Where a token of the prompt is hidden, this is a guess at what it was.
            """,
            n=spot,
            there=tokens.tensor[spot],
            **said,
        )
    elif c.has_decoder:
        c.say(
            """
            And here is everything that comes out: one {probs|chance} for each of the {V} tokens it knows, to be the
            next one that is written. Here {best:token} would come next, with a chance of {chance:percent}.
            """,
            **said,
        )
    else:
        c.say(
            "And here is everything that comes out: one {probs|chance} for each of the {V} tokens it knows. After "
            "{prompt} it would go on with {best:token}, with a chance of {chance:percent}.",
            **said,
        )
    with c.scope():
        c.play(c.camera.frame(logits, probs, c.chart), (probs | logits).others.opacity(0.25), seconds=1.8)
        c.play(probs.at(**c.spot).highlight(), seconds=0.6)
        c.stop()

    c.say(
        """
        Between the two there are only cells. {weights|Blue cells} are *weights*: they were learned, and are the same
        for every prompt.

        {embed|Green cells} are computed from your prompt, now. Near by, a disc is a positive number and a ring a
        negative one; the larger, the further from zero. Point at any cell, and it says where its number comes from.
        """,
        without="""
        Between the two there are only cells. {weights|Blue cells} are *weights*: they were learned, and are the same
        for every prompt.

        {embed|Green cells} are computed, anew for each prompt. Point at any block, and it says what its cells are and
        what they are computed from.
        """,
        weights=model.W_E,
        embed=model.embed,
    )
    near = slice(0, min(20, model.embed.tensor.axes[-1].size))
    entries = model.W_E.axis("vocabulary").size
    weights, computed = model.W_E[slice(max(0, entries - 48), entries), near], model.embed[:, near]
    shown = [weights, computed] if c.has_values else [block.resid_pre, block]
    c.play(c.camera.frame(*shown, azimuth=-0.15), seconds=1.8)
    c.play(c.role("weight").highlight(), seconds=0.6)
    c.wait(0.5)
    c.play(c.role("weight").highlight(0), c.role("activation").highlight(), seconds=0.6)
    c.stop()

    if c.has_decoder:
        c.say(
            """
            Now the whole way once. One stack of {n} *blocks*, the **encoder**, reads the prompt. Another one of {m},
            the **decoder**, reads what has been written so far, looks at what the encoder has found, and predicts.
            """,
            n=len(model.stacks[0]),
            m=len(model.stacks[1]),
        )
    else:
        c.say(
            """
            Now the whole way once, from the prompt to the prediction: through {L} *blocks*, one after the other, built
            alike. For this prompt that is {work:count} multiplications and additions.
            """,
            work=c.costs.multiply_adds().at(c.tokens),
        )
    c.play(c.camera.frame(margin=1.03), c.role("activation").highlight(0), seconds=1.4)
    for number, blocks in enumerate(model.stacks):
        start = model.embed if number == 0 else blocks[0].resid_pre.reads[0]
        c.play(c.flow(start, blocks[0].resid_pre), seconds=0.6)
        for i, each in enumerate(blocks[:4]):
            c.play(each.highlight(), c.flow(*each.stream), seconds=1.1 if i else 1.6)
            after = [c.flow(each.resid_post, blocks[i + 1].resid_pre)] if i + 1 < len(blocks) else []
            c.play(each.highlight(0), *after, seconds=0.7)
    c.play(c.flow(model.stacks[-1][-1].resid_post, logits), seconds=0.9)
    c.play(c.flow(logits, probs), seconds=0.5)
    c.stop()

    if c.predicts == "masked":
        c.say(
            """
            That makes a prediction for *every* place, all at once. Nothing is written behind the prompt: a model like
            this one reads. Models that write are made of the same parts.
            """
        )
    elif c.has_decoder:
        c.say(
            """
            That makes *one* token. To write more, {best:token} is put behind what the decoder has written, and it goes
            once more. The `Step` button does just that. The encoder need not read again.
            """,
            without="""
            That makes *one* token. To write more, it is put behind what the decoder has written, which goes once more.
            The encoder need not read again.
            """,
            best=next_token,
        )
    else:
        c.say(
            """
            That makes *one* token. To write more, the model puts {best:token} behind the prompt and does everything
            again. The `Step` button does just that.
            """,
            without="That makes *one* token. To write more, it is put behind the prompt, and everything is done again.",
            best=next_token,
        )
    c.say(
        "The rest of this tour takes the machine apart, in the order in which it works. The button below goes on.",
    )
    if c.predicts == "next":
        c.prompt()
    with c.scope():
        c.play((tokens | probs).others.opacity(0.3), probs.at(**c.spot).highlight(), seconds=0.8)
        c.play(tokens[0 : c.tokens].highlight(), seconds=0.8)
        c.stop()

"""Chapter 2: tokens, vectors and parameters; what is fixed and what is computed; why this width."""

from __future__ import annotations

from typing import Any

from cutaway.tour import Block, Chapter, Model, chapter

FEW = 24
"""Tokens of which one can see that they are several."""


@chapter("tokens-vectors-parameters", title="Tokens, vectors, parameters")
def tokens_vectors(c: Chapter, model: Model, block: Block) -> None:
    tokens, stream = model.tokens, block.resid_pre
    attn, mlp = block.attn, block.mlp
    wide = attn.W_O if "q_latent" in attn else attn.q.reads[1]
    heads, channels = attn.q.axis("head").size, attn.q.axis("head_channel").size
    into, out = c.size("channel"), heads * attn.z.axis("head_channel").size
    c.about(tokens, stream)

    c.say(
        """
        A machine that multiplies needs numbers. So the text is first cut into *tokens*, and each token is replaced by
        its place in a list, the {V} entries of the *vocabulary*.
        """
    )
    if c.has_letters:
        c.say(
            "Here a token is a single letter, and the list is short. The first letter of your prompt has number "
            "{id:count}.",
            id=tokens[0],
        )
    else:
        c.say(
            "A token is a word, or a piece of one. The first token of your prompt has number {id:count}.", id=tokens[0]
        )
    number = c.note("{id:count}", tokens[0], side="bottom", id=tokens[0])
    seen = [c.strip, tokens] if c.has_values else [tokens[0 : min(FEW, c.drawn)]]
    c.play(c.camera.frame(*seen, margin=1.05), tokens.others.opacity(0.2), seconds=1.6)
    c.play(tokens[0].highlight(), number.appear(), seconds=0.5)
    c.stop()

    c.say(
        """
        That number is only a name: token 2 is not twice token 1. So inside, a token becomes a **vector**: a list of
        {C} numbers, one column in the picture. Every column here is one token of your prompt.

        Two tokens can now be alike in some of the {C} *channels* and different in others. That is what a single
        number could never say.
        """,
        without="""
        That number is only a name: token 2 is not twice token 1. So inside, a token becomes a **vector**: a list of
        {C} numbers, one column in the picture. Every column here is one token of a prompt, and there is room for {P}.

        Two tokens can now be alike in some of the {C} *channels* and different in others. That is what a single
        number could never say.
        """,
        P=c.longest,
    )
    c.play(
        tokens[0].highlight(0), number.vanish(), stream.opacity(1), tokens.opacity(0.4),
        c.camera.frame(stream, azimuth=-0.2, margin=1.15), seconds=1.8,
    )  # fmt: skip
    c.play(stream.split(2, token=c.last), seconds=0.9)
    c.play(stream.at(token=c.last).highlight(), seconds=0.5)
    c.stop()

    c.say(
        """
        Now look at the whole machine again, and only at what is **fixed**. These {n} numbers are the *parameters* (or
        weights). They were found in training, by nudging them millions of times until the predictions were good.
        Since then nobody has touched them.
        """,
        n=c.costs.parameters(),
    )
    c.play(
        stream.at(token=c.last).highlight(0), stream.split(0),
        c.camera.frame(margin=1.03), seconds=1.4,
    )  # fmt: skip
    c.play(c.role("weight").opacity(1), c.role("activation", "statistic", "input").opacity(0.06), seconds=1.0)
    c.stop()

    c.say(
        """
        And this is what is **computed**, anew for every prompt: {n:count} numbers for your {T:count} tokens. Change
        the prompt and watch: the green changes, the blue does not.

        So a model is two things: a fixed set of numbers, and a fixed way to use them.
        """,
        without="""
        And this is what is **computed**, anew for every prompt. With another prompt the green changes, the blue does
        not.

        So a model is two things: a fixed set of numbers, and a fixed way to use them.
        """,
        n=c.computed,
        T=c.tokens,
    )
    c.prompt()
    c.play(c.role("weight").opacity(0.06), c.role("activation", "statistic", "input").opacity(1), seconds=1.2)
    c.stop()

    c.say(
        """
        Why {C} channels, and not 10 or 1,000? Nothing in the machine asks for {C}: **a person chose it**. More
        channels give more room to keep things apart. But look at {wide}: it takes {a} numbers in and gives {b} out,
        over all heads, so it has {square} cells. Twice the width is *four* times the cells.
        """,
        wide=wide,
        a=into if wide is attn.q.reads[1] else out,
        b=out if wide is attn.q.reads[1] else into,
        square=into * out,
    )
    made = c.readers(wide)[0]
    read = made.reads[0]
    c.play(c.everything.opacity(0.1), c.camera.frame(wide, read, made, azimuth=-0.4, elevation=0.2), seconds=1.4)
    c.play(wide.opacity(1), (read | made).opacity(0.7), wide.highlight(), seconds=0.8)
    c.stop()

    c.say(
        """
        What the width is for, then: it has to be enough for the task, and cheap enough to train and run. Small
        language models have some hundred channels, the largest more than ten thousand. This one has {C}, and {H} heads
        of {A}.
        """,
        A=channels,
    )
    sizes: dict[str, Any] = {"P": c.longest}
    stacks = model.stacks
    if "experts" in mlp:
        c.say(
            "The other numbers are choices of the same kind: {L} blocks, {E} experts with {F} hidden units each, at "
            "most {P} tokens.",
            **sizes,
            F=mlp.experts.pre.axis("feature").size,
        )
    elif c.has("experts"):
        experts = c.first("experts")
        c.say(
            "The other numbers are choices of the same kind: {L} blocks, {F} hidden units in the first, in others {E} "
            "experts with {G} hidden units each, at most {P} tokens.",
            **sizes,
            G=experts.pre.axis("feature").size,
        )
    elif len(stacks) > 1:
        c.say(
            "The other numbers are choices of the same kind: {L} blocks in one stack and {m} in the other, {F} hidden "
            "units, at most {P} tokens.",
            m=len(stacks[1]),
            **sizes,
        )
    else:
        c.say(
            "The other numbers are choices of the same kind: {L} blocks, {F} hidden units, at most {P} tokens.", **sizes
        )
    c.play(wide.highlight(0), c.camera.frame(block, azimuth=-0.25, margin=1.02), block.opacity(1), seconds=1.6)
    c.play((mlp.experts.W_in if "experts" in mlp else mlp.W_in).highlight(), seconds=0.6)
    c.stop()

"""Chapter 10: logits, chances, sampling, and the next step."""

from __future__ import annotations

from typing import Any

from cutaway.formula import ArgMax, Max
from cutaway.tour import Chapter, Model, chapter
from cutaway.tour.guide.softmax import first_of
from cutaway.tour.kinds import cap_of, factor_of_sum
from cutaway.tour.module_view import ModuleView
from cutaway.tour.tensor_view import TensorView


@chapter("output", title="Output")
def output(c: Chapter, model: Model) -> None:
    c.needs("probs" in model, "predictions of tokens")
    logits, probs = model.logits, model.probs
    norm, w_u = logits.reads[:2]
    spot = c.spot
    tokens, (last,), width = model.tokens, spot.values(), norm.tensor.axes[-1].size
    masked = c.predicts == "masked"
    v = probs.axis("vocabulary")
    c.about(logits, probs)
    narrowing = [model.W_project_out] if "W_project_out" in model else []
    biases = [model.b_U] if "b_U" in model else []
    c.begin(c.together(norm, w_u, logits, probs, *narrowing, *biases).others.opacity(0.12))

    if c.has_decoder:
        c.say("The decoder's stream has been through all its {n} blocks. Now it is read out.", n=len(model.stacks[-1]))
    else:
        c.say("The stream has been through all {L} blocks. Now it is read out.")
    if masked:
        c.say(
            """
            Only one question is left: which token stands here?

            It is asked at *every* position, and answered by each column for itself. Look at {here|this one}, at place
            {n:count}: there the prompt has {there:token}.
            """,
            without="""
            Only one question is left: which token stands here?

            It is asked at *every* position, and answered by each column for itself; look at {here|one of them}.
            """,
            here=norm.at(**spot),
            n=last,
            there=tokens.tensor[last],
        )
    else:
        c.say(
            """
            Only one question is left: which token comes next?

            It is asked at *every* position; for writing on, only the {last|last column} counts.
            """,
            last=norm.at(**spot),
        )
    c.play(c.camera.frame(norm, *first_of(c, w_u, logits, probs), *narrowing, azimuth=-0.15, margin=1.1), seconds=1.6)
    c.play(norm.split(1.5, **spot), norm.at(**spot).highlight(), seconds=0.9)
    c.stop()

    for head in model.parts("mlp"):
        _head(c, head, norm, spot)

    if narrowing:
        c.say(
            "Tokens are known here by {n} numbers, not {C}. So {w|these weights} first make {n} numbers of each "
            "column.",
            n=width,
            w=narrowing[0],
            C=c.size("channel"),
        )
    tied = w_u.tensor.declared.tied_to
    told = {"w": w_u, "C": width, "x": logits[last, 0]}
    if tied:
        c.say(
            """
            {w|This table} has {C} cells for each of the {V} tokens. It is {e|the one from the beginning}, used a second
            time: what turned tokens into columns now turns columns into tokens. The dot product of the column with a
            token's row is that token's *logit*: how well the column fits the token. Token 0 gets {x}.
            """,
            e=c.tensor(tied),
            **told,
        )
    else:
        c.say(
            """
            {w|One more table} has {C} cells for each of the {V} tokens. The dot product of the column with a token's
            row is that token's *logit*: how well the column fits the token. Token 0 gets {x}.
            """,
            **told,
        )
    if "b_U" in model:
        c.say("Each token has a {b|bias} besides, which is added: {x} for token 0.", b=model.b_U, x=model.b_U[0])
    factor = factor_of_sum(logits.formula)
    if factor is not None:
        c.say("Every sum is multiplied by {f} here; the smaller this is, the more alike the chances.", f=factor)
    card = c.card(logits[last, 0])
    c.play(norm.split(0), card.appear(), seconds=0.6)
    c.dot(logits[last, 0], seconds=8.0, fills=logits.sweep(**spot, cells=1))
    c.wait(0.3)
    c.play(logits.sweep(**spot), seconds=1.0, ease="linear")
    c.play(logits.sweep("column"), seconds=1.2, ease="linear")
    c.stop()

    cap = cap_of(logits)
    if cap is not None:
        c.say(
            """
            Before they count, logits are **capped**, softly: $\\tanh$ bends them so that none leaves the range from
            -{cap} to {cap}. The model can then be sure, but never beyond all measure.

            {logits:formula}
            """,
            cap=cap,
            logits=logits,
        )
        c.play(logits.at(**spot).highlight(), seconds=0.6)
        c.once_read(logits.at(**spot).highlight(0))
        c.stop()

    best = {"best": ArgMax(v, probs.tensor[last, v]), "p": Max(v, probs.tensor[last, v])}
    if masked:
        c.say(
            """
            Softmax makes chances of the logits, and this is all that the model says: for this place {p:percent} for
            {best:token}. Where a token was hidden, these chances are the guess. Where it was not, the model mostly says
            what it has been shown.
            """,
            without="""
            Softmax makes chances of the logits, and this is all that the model says. Where a token was hidden, these
            chances are the guess. Where it was not, the model mostly says what it has been shown.
            """,
            **best,
        )
    else:
        c.say(
            """
            Softmax makes chances of the logits, and this is all that the model says: {p:percent} for {best:token}. It
            does not *decide* anything. Deciding is done outside, by a few lines of code and, if you like, by a die.
            """,
            without="""
            Softmax makes chances of the logits, and this is all that the model says. It does not *decide* anything.
            Deciding is done outside, by a few lines of code and, if you like, by a die.
            """,
            **best,
        )
    share = c.card(probs)
    c.play(
        c.camera.frame(*first_of(c, logits, probs), c.chart, azimuth=-0.15),
        norm.at(**spot).highlight(0),
        card.vanish(),
        share.appear(),
        seconds=1.2,
    )
    c.play(probs.sweep(**spot), seconds=2.0, ease="linear")
    c.play(probs.sweep("column"), share.vanish(), seconds=1.0, ease="linear")
    c.stop()

    if masked:
        c.say(
            """
            There is nothing to write on, and nothing is fed back: one run answers for all places at once. So a model
            like this is used to *understand*: its columns, where every token knows its surroundings on both sides, are
            what other programs search, sort and compare texts by.
            """
        )
        c.play(
            c.camera.frame(margin=1.0), c.everything.opacity(1), c.model.blocks[-1].resid_post.highlight(), seconds=1.4
        )
        c.stop()
        return

    c.say(
        """
        The ways to choose:

        - **Greedy**: always the most likely token. The same prompt always gives the same text.
        - **Temperature**: draw by lot, with chances sharpened or flattened first.
        - **Top-k**: draw, but among the *k* most likely only.
        - **Top-p**: draw among the fewest that together have a chance of *p*: many when the model is unsure, one when
          it is sure.
        """
    )
    c.say("Try them. The chances are those of your prompt.", without="")
    c.widget("sampling", logits.at(**spot))
    c.play(probs.at(**spot).highlight(), seconds=0.8)
    c.stop()

    if c.has_decoder:
        c.say(
            """
            Whatever was chosen is put behind what was written, and the decoder starts from the top with one token more.
            It has no other memory: what it has written is simply part of what it reads. Press **Step** and see the
            column appear.
            """,
            without="""
            Whatever was chosen is put behind what was written, and the decoder starts from the top with one token more.
            It has no other memory: what it has written is simply part of what it reads.
            """,
        )
        written = c.tensor(str(c.definition.decoder))
    else:
        c.say(
            """
            Whatever was chosen is put behind the prompt, and the machine starts from the top with {n:count} tokens. It
            has no other memory: what it has written is simply part of what it reads. Press **Step** and see the column
            appear.
            """,
            without="""
            Whatever was chosen is put behind the prompt, and the machine starts from the top with one token more. It
            has no other memory: what it has written is simply part of what it reads.
            """,
            n=c.tokens + 1,
        )
        written = tokens
    c.prompt()
    c.play(c.everything.opacity(1), c.camera.frame(margin=1.03), probs.at(**spot).highlight(0), seconds=1.4)
    c.play(written[last].highlight(), written.highlight(), seconds=0.6)
    c.play(c.flow(written, c.readers(written)[0]), seconds=1.0)
    c.stop()


def _head(c: Chapter, head: ModuleView, result: TensorView, spot: dict[str, Any]) -> None:
    """What makes the stream ready for predicting, where there is such."""
    (last,) = spot.values()
    pre, post, w = head.pre, head.post, head.W
    c.say(
        """
        First a small {head|layer of its own} makes the columns ready for guessing: {w|a matrix}, a *bend*, a norm.
        Channel 0 comes to {x}, is bent to {y}, and normed to {z}. Whoever wants the columns for something else than
        guessing takes them before, and leaves this away.
        """,
        without="""
        First a small {head|layer of its own} makes the columns ready for guessing: {w|a matrix}, a *bend*, a norm.
        Whoever wants the columns for something else than guessing takes them before, and leaves this away.
        """,
        head=head,
        w=w,
        x=pre[last, 0],
        y=post[last, 0],
        z=result[last, 0],
    )
    whole = head | pre.reads[0]
    card = c.card(pre[last, 0])
    c.play(
        result.at(**spot).highlight(0), result.split(0), whole.opacity(1),
        c.camera.frame(whole, azimuth=-0.15, margin=1.05), seconds=1.4,
    )  # fmt: skip
    c.play(c.flow(pre.reads[0], pre), card.appear(), seconds=1.0)
    c.play(pre.sweep("row"), seconds=1.4, ease="linear")
    c.play(post.sweep("row"), seconds=1.2, ease="linear")
    c.play(result.sweep("row"), card.vanish(), seconds=1.2, ease="linear")
    c.stop()
    ahead = (result, *first_of(c, c.model.logits, c.model.probs))
    c.play(
        (whole - result).opacity(0.12), c.camera.frame(*ahead, azimuth=-0.15, margin=1.1),
        result.at(**spot).highlight(), seconds=1.0,
    )  # fmt: skip

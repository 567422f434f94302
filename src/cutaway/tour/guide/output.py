"""Chapter 10: logits, chances, sampling, and the next step."""

from __future__ import annotations

from cutaway.formula import ArgMax, Max
from cutaway.tour import Chapter, Model, chapter


@chapter("output", title="Output")
def output(c: Chapter, model: Model) -> None:
    norm, w_u, logits, probs = model.ln_final.normalized, model.W_U, model.logits, model.probs
    tokens, last = model.tokens, c.last
    v = probs.axis("vocabulary")
    c.about(logits, probs)
    c.begin((norm | w_u | logits | probs).others.opacity(0.12))

    c.say(
        """
        The stream has been through all {L} blocks and a last norm. Now it is read out. Only one question is left:
        which token comes next?

        It is asked at *every* position; for writing on, only the {last|last column} counts.
        """,
        last=norm.at(token=last),
    )
    c.play(c.camera.frame(norm, w_u, logits, probs, azimuth=-0.15, margin=1.1), seconds=1.6)
    c.play(norm.split(1.5, token=last), norm.at(token=last).highlight(), seconds=0.9)
    c.stop()

    c.say(
        """
        {w|One more table} has {C} cells for each of the {V} tokens. The dot product of the column with a token's row
        is that token's *logit*: how well the column says "this one next". Token 0 gets {x}.
        """,
        w=w_u,
        x=logits[last, 0],
    )
    card = c.card(logits[last, 0])
    c.play(norm.split(0), card.appear(), seconds=0.6)
    c.dot(logits[last, 0], seconds=8.0, fills=logits.sweep(token=last, cells=1))
    c.wait(0.3)
    c.play(logits.sweep(token=last), seconds=1.0, ease="linear")
    c.play(logits.sweep("column"), seconds=1.2, ease="linear")
    c.stop()

    c.say(
        """
        Softmax makes chances of the logits, and this is all that the model says: {p:percent} for {best:token}. It
        does not *decide* anything. Deciding is done outside, by a few lines of code and, if you like, by a die.
        """,
        best=ArgMax(v, probs.tensor[last, v]),
        p=Max(v, probs.tensor[last, v]),
    )
    share = c.card(probs)
    c.play(
        c.camera.frame(logits, probs, c.chart, azimuth=-0.15),
        norm.at(token=last).highlight(0),
        card.vanish(),
        share.appear(),
        seconds=1.2,
    )
    c.play(probs.sweep(token=last), seconds=2.0, ease="linear")
    c.play(probs.sweep("column"), share.vanish(), seconds=1.0, ease="linear")
    c.stop()

    c.say(
        """
        The ways to choose:

        - **Greedy**: always the most likely token. The same prompt always gives the same text.
        - **Temperature**: draw by lot, with chances sharpened or flattened first.
        - **Top-k**: draw, but among the *k* most likely only.
        - **Top-p**: draw among the fewest that together have a chance of *p*: many when the model is unsure, one when
          it is sure.

        Try them. The chances are those of your prompt.
        """
    )
    c.widget("sampling", logits.at(token=last))
    c.play(probs.at(token=last).highlight(), seconds=0.8)
    c.stop()

    c.say(
        """
        Whatever was chosen is put behind the prompt, and the machine starts from the top with {n:count} tokens. It
        has no other memory: what it has written is simply part of what it reads. Press **Step** and see the column
        appear.
        """,
        n=c.tokens + 1,
    )
    c.prompt()
    c.play(c.everything.opacity(1), c.camera.frame(margin=1.03), probs.at(token=last).highlight(0), seconds=1.4)
    c.play(tokens[last].highlight(), tokens.highlight(), seconds=0.6)
    c.play(c.flow(tokens, model.embed), seconds=1.0)
    c.stop()

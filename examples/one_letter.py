"""An example tour: what one token has to do with the next. Shown with

cutaway view nano-gpt --tour examples/one_letter.py
"""

from cutaway.formula import ArgMax
from cutaway.tour import Block, Chapter, Model, chapter

TITLE = "What one letter does"


@chapter("one-column", title="One column")
def one_column(c: Chapter, block: Block) -> None:
    stream = block.resid_pre
    c.say(
        "The prompt {prompt} is {T} columns of {C} numbers. Look at the {column|last one}.",
        column=stream.at(token=c.last),
    )
    c.play(c.camera.frame(stream), stream.others.opacity(0.15), seconds=1.5)
    c.play(stream.split(2, token=c.last), stream.at(token=c.last).highlight())
    c.stop()

    c.say(
        "It is made of two: what the letter is, {a}, and where it stands, {b}.",
        a=c.model.embed[c.last, 0],
        b=c.model.pos_embed[c.last, 0],
    )
    c.play(c.flow(c.model.embed, stream), c.flow(c.model.pos_embed, stream), seconds=1.5)
    c.stop()


@chapter("one-answer", title="One answer")
def one_answer(c: Chapter, model: Model) -> None:
    probs = model.probs
    v = probs.axis("vocabulary")
    c.begin((probs | model.logits).others.opacity(0.15))
    c.say("At the other end comes out: {best:token}.", best=ArgMax(v, probs.tensor[c.last, v]))
    c.play(c.camera.frame(model.logits, probs, margin=1.5))
    card = c.card(probs)
    c.play(card.appear(), seconds=0.3)
    c.play(probs.sweep(token=c.last), seconds=3, ease="linear")
    c.stop()

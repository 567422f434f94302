"""Golden samples of a tour: what Python's sampler says of a chapter that uses every kind of clip.

``python -m tests.golden.tour`` writes ``client/src/golden/timeline.json``. The chapter is about the model of
``gpt2.json``, whose values the expressions in it read.
"""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import numpy as np

from cutaway import wire
from cutaway.cellwise import CellValues
from cutaway.evaluate import Plan, numpy_backend
from cutaway.model import Model
from cutaway.tour import Block, Chapter, Tour, chapter, compile_tour
from cutaway.tour.easing import EASINGS, easing, zoom
from cutaway.tour.sample import bind, duration, sample, stops
from cutaway.vocabulary import Letters
from cutaway.wire_formula import formula_of

from .make import TARGET, StoredRun, definitions, finite, random_weights

MOMENTS = 60


@chapter("everything", title="Every kind of clip")
def everything(c: Chapter, block: Block) -> None:
    """Not for reading: for sampling."""
    attn = block.attn
    card = c.card(attn.q, head=1)
    c.begin(attn.pattern.opacity(0.2))
    c.say("From {query} to {p}: {t:count} tokens.", query=attn.q, p=attn.pattern[0, c.last, 0], t=c.tokens)
    c.play(c.camera.frame(attn.q, attn.k), card.appear().after(0.25), seconds=1.1)
    c.stop()
    with c.scope(seconds=0.5):
        c.play(attn.others.opacity(0.15), attn.q[c.last, 0, 2].highlight(), ease="out")
        c.play(attn.q.sweep(token=c.last, head=0), c.camera.frame(attn.q[c.last, 0, 2]).eased("in"), seconds=2.3)
        c.play(attn.q.heads(1).sweep("row").eased("linear"), attn.q.split(1.5, token=2).lasting(0.4), seconds=1.9)
        c.stop()
    c.say("The number is {p}.", p=attn.z[1, 0, 0])
    c.dot(attn.z[c.last, 1, 0], seconds=3.7)
    c.play(c.flow(attn.q, attn.attn_scores, attn.pattern), attn.pattern.opacity(1))
    c.play(c.flow(attn.q, attn.attn_scores))


def golden_chapter() -> dict[str, Any]:
    """The chapter, its tracks for one run, and samples of these at shuffled moments."""
    definition, tokens, *_ = definitions()["gpt2"]
    weights = random_weights(definition, seed=len(tokens))
    values = Plan(definition).run(tokens, weights, numpy_backend())
    run = StoredRun(definition, tokens, {name: np.asarray(values[name]) for name in definition.tensors})
    model = Model(definition, Letters("ABCDE"))
    compiled = compile_tour(Tour("golden", "Golden", [everything]), model, strict=True, has_values=True).tour.chapters[
        0
    ]
    evaluator = CellValues(run)
    axes = {a.name: a for a in definition.axes}

    def number(e: wire.Expr) -> float:
        return evaluator.value(formula_of(e, axes, definition.tensors), {})

    tracks = bind(compiled, number)
    rng = random.Random(0)
    moments = [
        *stops(compiled),
        0,
        duration(compiled) + 5,
        *(rng.uniform(0, duration(compiled)) for _ in range(MOMENTS)),
    ]
    rng.shuffle(moments)
    return {
        "chapter": msgspec.to_builtins(compiled),
        "values": [list(track.values) for track in tracks],
        "samples": [{"t": t, "values": sample(tracks, t)} for t in moments],
        "easings": {
            name: [[u / 16, easing(name)(u / 16)] for u in range(17)] for name in [*EASINGS, zoom(-2.5), zoom(0.7)]
        },
    }


def main() -> None:
    text = json.dumps(finite(golden_chapter()), separators=(",", ":"), allow_nan=False)
    text = text.replace(',{"t":', ',\n{"t":').replace(',{"group":', ',\n{"group":')
    (TARGET / "timeline.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

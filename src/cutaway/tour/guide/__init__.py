"""The built-in tour: twelve chapters that lead through a GPT-2-shaped model, from letters to prediction.

Each file is a chapter. They name no model and no size: what they say is filled in for the model they are
compiled for. ``de.po`` holds the German text.
"""

from pathlib import Path

from cutaway.tour.compiling import Tour
from cutaway.tour.guide.block_and_stack import block_and_stack
from cutaway.tour.guide.cache import cache
from cutaway.tour.guide.embedding import embedding
from cutaway.tour.guide.layer_norm import layer_norm
from cutaway.tour.guide.mlp import mlp
from cutaway.tour.guide.output import output
from cutaway.tour.guide.projection import projection
from cutaway.tour.guide.self_attention import self_attention
from cutaway.tour.guide.softmax import softmax
from cutaway.tour.guide.tokens_vectors import tokens_vectors
from cutaway.tour.guide.what_it_does import what_it_does
from cutaway.tour.guide.work import work

GUIDE = Tour(
    "guide",
    "How a language model works",
    [
        what_it_does,
        tokens_vectors,
        embedding,
        layer_norm,
        self_attention,
        projection,
        mlp,
        block_and_stack,
        softmax,
        output,
        cache,
        work,
    ],
    translations=Path(__file__).parent,
    requires=("pos_embed", "blocks.*.ln1.mean", "blocks.*.attn.W_Q", "blocks.*.mlp.post", "ln_final.normalized"),
)

__all__ = ["GUIDE"]

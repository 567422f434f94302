"""The built-in tour: chapters that lead through a model of any family, from its prompt to its prediction.

Each file is a chapter. They name no model and no size: what they say is filled in for the model they are
compiled for, and what it does not have is left out. ``de.po`` holds the German text.
"""

from pathlib import Path

from cutaway.tour.compiling import Tour
from cutaway.tour.guide.block_and_stack import block_and_stack
from cutaway.tour.guide.cache import cache
from cutaway.tour.guide.decoder import cross_attention
from cutaway.tour.guide.decoder_cache import two_lengths
from cutaway.tour.guide.embedding import embedding
from cutaway.tour.guide.experts import mixture
from cutaway.tour.guide.gated_mlp import gated_mlp
from cutaway.tour.guide.latent import compressed_keys
from cutaway.tour.guide.layer_norm import layer_norm
from cutaway.tour.guide.mlp import mlp
from cutaway.tour.guide.output import output
from cutaway.tour.guide.projection import projection
from cutaway.tour.guide.relative import relative_positions
from cutaway.tour.guide.rms_norm import rms_norm
from cutaway.tour.guide.rotary import rotary_positions
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
        rms_norm,
        compressed_keys,
        self_attention,
        rotary_positions,
        relative_positions,
        projection,
        mlp,
        gated_mlp,
        mixture,
        block_and_stack,
        cross_attention,
        softmax,
        output,
        cache,
        two_lengths,
        work,
    ],
    translations=Path(__file__).parent,
)

__all__ = ["GUIDE"]

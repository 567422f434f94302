"""Parts that architectures share: norms, softmax, attention, positions, MLP, experts.

Each function declares tensors in a module, in order of computation, and returns the tensor that the
next part reads. Names are those of TransformerLens, without ``hook_`` and the batch axis. What families
vary are arguments here, so that an architecture file holds differences and nothing else.
"""

from __future__ import annotations

from cutaway.parts.attention import HeadNorm, Heads, Scoring, attend, project_heads, self_attention
from cutaway.parts.experts import (
    Experts,
    expert_weights,
    gated,
    routed_experts,
    sigmoid_router,
    softmax_router,
    top_softmax_router,
)
from cutaway.parts.functions import (
    ACTIVATIONS,
    activation_word,
    after_activation,
    gelu,
    gelu_new,
    relu,
    sigmoid,
    silu,
    soft_capped,
)
from cutaway.parts.linear import add, linear
from cutaway.parts.mlp import gated_mlp, mlp
from cutaway.parts.norms import head_norm, layer_norm, rms_norm
from cutaway.parts.relative import bucket_edges, relative_bias
from cutaway.parts.rotary import Rotary, rotary, rotate, yarn_scale
from cutaway.parts.softmax import softmax

__all__ = [
    "ACTIVATIONS",
    "Experts",
    "HeadNorm",
    "Heads",
    "Rotary",
    "Scoring",
    "activation_word",
    "add",
    "after_activation",
    "attend",
    "bucket_edges",
    "expert_weights",
    "gated",
    "gated_mlp",
    "gelu",
    "gelu_new",
    "head_norm",
    "layer_norm",
    "linear",
    "mlp",
    "project_heads",
    "relative_bias",
    "relu",
    "rms_norm",
    "rotary",
    "rotate",
    "routed_experts",
    "self_attention",
    "sigmoid",
    "sigmoid_router",
    "silu",
    "soft_capped",
    "softmax",
    "softmax_router",
    "top_softmax_router",
    "yarn_scale",
]

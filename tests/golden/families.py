"""One very small model of every family, for the golden files: each with what is awkward about its family.

Only what cannot be made again from the definition is written: every value of one run as bytes of
float32, so that nothing is rounded, and what Python says of some cells. Weights are pseudo-random
numbers that both languages make for themselves (``cutaway.sampling.uniform``).
"""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cutaway.architectures import FAMILIES
from cutaway.definition import Definition, resolve
from cutaway.evaluate import Plan, numpy_backend
from cutaway.explain import explain_at
from cutaway.sampling import uniform

from .stored import StoredRun, explained, model_to_wire

TOKENS = [3, 1, 9, 1]
DECODER = [0, 4, 2]
SMALL: dict[str, Any] = {
    "vocab_size": 11, "hidden_size": 8, "intermediate_size": 6, "num_hidden_layers": 1, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 4, "max_position_embeddings": 24,
}  # fmt: skip
TWO = {**SMALL, "num_hidden_layers": 2}
PAIR = {**TWO, "num_attention_heads": 2, "num_key_value_heads": 1}
YARN = {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 4,
        "beta_fast": 4.0, "beta_slow": 0.1}  # fmt: skip
LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 100.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 12,
}  # fmt: skip
LONG = {"rope_type": "longrope", "rope_theta": 100.0, "short_factor": [1.0, 1.5], "long_factor": [2.0, 3.5],
        "original_max_position_embeddings": 3}  # fmt: skip
HALF = {"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.5}
LATENT: dict[str, Any] = {
    **TWO, "num_key_value_heads": 4, "head_dim": None, "n_routed_experts": 4, "n_group": 2, "topk_group": 1,
    "num_experts_per_tok": 2, "moe_intermediate_size": 3, "first_k_dense_replace": 1, "kv_lora_rank": 3,
    "q_lora_rank": 5, "qk_rope_head_dim": 4, "qk_nope_head_dim": 3, "v_head_dim": 2, "n_shared_experts": 1,
    "routed_scaling_factor": 1.5, "norm_topk_prob": True,
    "rope_parameters": {**YARN, "mscale": 1.0, "mscale_all_dim": 0.7},
}  # fmt: skip

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "bert": {"vocab_size": 11, "hidden_size": 8, "intermediate_size": 6, "num_hidden_layers": 1,
             "num_attention_heads": 2, "max_position_embeddings": 8},
    "deepseek_v3": LATENT,
    "gemma": {**SMALL, "num_key_value_heads": 1},
    "gemma2": {**PAIR, "sliding_window": 3, "query_pre_attn_scalar": 9, "attn_logit_softcapping": 1.5,
               "final_logit_softcapping": 2.0},
    "gemma3_text": {**PAIR, "sliding_window": 2, "layer_types": ["sliding_attention", "full_attention"],
                    "rope_parameters": {
                        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000.0},
                        "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}},
    "gpt2": {"vocab_size": 11, "n_embd": 8, "n_layer": 2, "n_head": 2, "n_positions": 8, "n_inner": 5,
             "scale_attn_by_inverse_layer_idx": True, "tie_word_embeddings": False,
             "activation_function": "quick_gelu"},
    "gpt_neox": {**SMALL, "num_attention_heads": 2, "rope_parameters": HALF, "tie_word_embeddings": True},
    "gpt_oss": {**TWO, "num_local_experts": 3, "num_experts_per_tok": 2, "sliding_window": 2, "swiglu_limit": 0.5,
                "rope_parameters": YARN, "intermediate_size": 4},
    "granite": {**SMALL, "embedding_multiplier": 3.0, "attention_multiplier": 0.4, "residual_multiplier": 0.3,
                "logits_scaling": 1.7, "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True},
    "llama": {**SMALL, "rope_parameters": LLAMA3, "head_dim": 6, "attention_bias": True},
    "mistral": {**SMALL, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
                "sliding_window": 3, "rope_parameters": YARN},
    "mixtral": {**SMALL, "num_local_experts": 3, "num_experts_per_tok": 2, "sliding_window": 3,
                "tie_word_embeddings": True},
    "olmo2": {**SMALL, "attention_bias": True},
    "opt": {"vocab_size": 11, "hidden_size": 8, "ffn_dim": 6, "num_hidden_layers": 1, "num_attention_heads": 2,
            "max_position_embeddings": 8, "word_embed_proj_dim": 5, "do_layer_norm_before": False},
    "phi3": {**SMALL, "rope_parameters": LONG, "original_max_position_embeddings": 3, "sliding_window": 3},
    "qwen2": {**TWO, "tie_word_embeddings": True, "use_sliding_window": True, "sliding_window": 2,
              "max_window_layers": 1},
    "qwen3": {**SMALL, "head_dim": 6, "attention_bias": True, "num_key_value_heads": 1},
    "qwen3_moe": {**PAIR, "num_experts": 3, "num_experts_per_tok": 2, "moe_intermediate_size": 4,
                  "decoder_sparse_step": 2, "norm_topk_prob": True},
    "smollm3": {**PAIR, "no_rope_layer_interval": 2, "use_sliding_window": True, "sliding_window": 3},
    "t5": {"vocab_size": 11, "d_model": 8, "d_kv": 2, "d_ff": 6, "num_layers": 2, "num_heads": 3,
           "n_positions": 12, "relative_attention_num_buckets": 6, "relative_attention_max_distance": 5,
           "feed_forward_proj": "gated-gelu"},
}  # fmt: skip
"""Family to the configuration of its golden model."""


class Family(NamedTuple):
    """The model of a family, and the tokens it is run on."""

    definition: Definition
    tokens: list[int]
    decoder: Sequence[int]


def family(name: str) -> Family:
    definition = FAMILIES[name].define({**CONFIGURATIONS[name], "name": name})
    return Family(definition, TOKENS, DECODER if definition.decoder else [])


def weights(definition: Definition) -> dict[str, np.ndarray]:
    """From -1 to 1: a function of the weight's place among the weights, and of the cell's place in it."""
    given = [t for t in definition.tensors.values() if t.role == "weight"]
    made: dict[str, np.ndarray] = {}
    for seed, tensor in enumerate(given):
        shape = tensor.shape({})
        numbers = [2 * uniform(seed, i) - 1 for i in range(int(np.prod(shape)))]
        made[tensor.name] = np.array(numbers, np.float32).reshape(shape)
    return made


def computed(of: Family) -> dict[str, np.ndarray]:
    """Every tensor of the run, weights among them, as a run stores them."""
    definition, tokens, decoder = of
    inputs = {} if definition.decoder is None else {definition.decoder: list(decoder)}
    found = Plan(definition).run(tokens, weights(definition), numpy_backend(), inputs=inputs)
    return {
        name: np.asarray(found[name], np.int32 if t.integer else np.float32) for name, t in definition.tensors.items()
    }


def packed(array: np.ndarray) -> str:
    """The bytes of all cells, in order, as base64."""
    return base64.b64encode(array.astype("<i4" if array.dtype == np.int32 else "<f4").tobytes()).decode()


def unpacked(of: Family, golden: Mapping[str, str]) -> dict[str, np.ndarray]:
    """The stored run, with the weights made again."""
    definition, tokens, decoder = of
    lengths = definition.lengths(len(tokens), len(decoder))
    return weights(definition) | {
        name: np.frombuffer(base64.b64decode(text), "<i4" if t.integer else "<f4").reshape(t.shape(lengths))
        for name, text in golden.items()
        for t in [definition.tensors[name]]
    }


def golden_family(of: Family) -> dict[str, Any]:
    """What the client's tests need to compute the run themselves and to explain its cells."""
    values = computed(of)
    run = StoredRun(of.definition, of.tokens, values, of.decoder)
    return {
        "model": definition_to_wire(of.definition),
        "tokens": of.tokens,
        "decoder": list(of.decoder),
        "values": {name: packed(values[name]) for name, t in of.definition.tensors.items() if t.role != "weight"},
        "explanations": explanations(run),
    }


def definition_to_wire(definition: Definition) -> dict[str, Any]:
    """Without what only names things; the other golden files are about that."""
    model = model_to_wire(definition)
    for tensor in model["tensors"]:
        for name in ("label", "origin", "latex"):
            tensor.pop(name, None)
    return model


def explanations(run: StoredRun) -> list[dict[str, Any]]:
    """What Python says of one cell of every formula: always the same one, in any layer that has it."""
    found: list[dict[str, Any]] = []
    for declared in run.definition.root.declared():
        if declared.formula is None:
            continue
        dice = random.Random(declared.name)
        name = resolve(declared.name, dice.choice(declared.layers or [None]))
        tensor = run.tensors[name]
        said = explained(explain_at(run, tensor, [dice.randrange(n) for n in tensor.shape(run.lengths)]))
        sums = [[s["op"], s["value"], s["count"]] for s in said["sums"]]
        found.append({key: said[key] for key in ("tensor", "index", "evaluated", "numbersText", "sources")})
        found[-1]["sums"] = sums
    return found

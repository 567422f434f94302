"""Tiny configurations of every family, the awkward ones among them."""

from __future__ import annotations

from typing import Any

from families.cases import Case

TINY: dict[str, Any] = {
    "vocab_size": 13,
    "hidden_size": 16,
    "intermediate_size": 22,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 24,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
}
"""What the configurations of a family are made from."""


def of(family: str, classes: str, about: str, *, tokens: int = 9, base: dict[str, Any] = TINY, **changes: Any) -> Case:
    """A case that differs from ``base`` by ``changes``."""
    return Case(family, classes, about, {**base, **changes}, tokens)


OPT = {
    "vocab_size": 13, "hidden_size": 16, "ffn_dim": 22, "num_hidden_layers": 2, "num_attention_heads": 4,
    "max_position_embeddings": 24, "word_embed_proj_dim": 16, "pad_token_id": 1,
}  # fmt: skip

DEEPSEEK = {
    **TINY, "num_key_value_heads": 4, "num_hidden_layers": 3, "n_routed_experts": 8, "n_group": 4, "topk_group": 2,
    "num_experts_per_tok": 3, "moe_intermediate_size": 10, "first_k_dense_replace": 1, "kv_lora_rank": 6,
    "q_lora_rank": 5, "qk_rope_head_dim": 4, "qk_nope_head_dim": 3, "v_head_dim": 5,
}  # fmt: skip

GPT_OSS = {
    **TINY, "num_local_experts": 4, "num_experts_per_tok": 2, "head_dim": 8, "sliding_window": 4,
    "max_position_embeddings": 64,
}  # fmt: skip

LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 100.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 12,
}  # fmt: skip
YARN = {"rope_type": "yarn", "rope_theta": 1000.0, "factor": 4.0, "original_max_position_embeddings": 6}

LONG = {
    "rope_type": "longrope", "rope_theta": 100.0, "short_factor": [1.0, 1.5], "long_factor": [2.0, 3.5],
    "original_max_position_embeddings": 6,
}  # fmt: skip
LONGER: dict[str, Any] = {"rope_parameters": LONG, "original_max_position_embeddings": 6}

BERT: dict[str, Any] = {
    "vocab_size": 13, "hidden_size": 16, "intermediate_size": 22, "num_hidden_layers": 2, "num_attention_heads": 4,
    "max_position_embeddings": 12,
}  # fmt: skip


def bert(about: str, *, inputs: dict[str, list[int]] | None = None, **changes: Any) -> Case:
    """An encoder with the head for masked tokens."""
    return Case("bert", "Bert", about, {**BERT, **changes}, head="ForMaskedLM", inputs=inputs or {})


T5: dict[str, Any] = {
    "vocab_size": 13, "d_model": 16, "d_kv": 4, "d_ff": 22, "num_layers": 2, "num_heads": 4, "n_positions": 24,
    "relative_attention_num_buckets": 8, "relative_attention_max_distance": 7, "decoder_start_token_id": 0,
}  # fmt: skip


def t5(about: str, *, decoder: list[int], tokens: int = 9, **changes: Any) -> Case:
    """An encoder and a decoder."""
    return Case("t5", "T5", about, {**T5, **changes}, tokens, "ForConditionalGeneration", {"decoder": decoder})


BARE_BERT = [
    Case("bert", "Bert", "bare, two segments", BERT, head="Model", inputs={"segments": [0, 0, 1, 1, 1, 1, 0, 0, 1]}),
    Case(
        "bert", "Bert", "bare, odd sizes, one layer", {**BERT, "hidden_size": 20, "num_hidden_layers": 1}, head="Model"
    ),
]

GPT2: dict[str, Any] = {
    "vocab_size": 13, "n_embd": 12, "n_layer": 3, "n_head": 3, "n_positions": 24, "bos_token_id": None,
    "eos_token_id": None,
}  # fmt: skip

CASES: list[Case] = [
    Case(
        "gpt2",
        "GPT2 GPT2LMHead",
        "scores divided by the layer's number",
        {
            **GPT2,
            "scale_attn_by_inverse_layer_idx": True,
            "reorder_and_upcast_attn": True,
            "n_inner": 5,
        },
        head="Model",
    ),
    Case(
        "gpt2",
        "GPT2 GPT2LMHead",
        "scores not divided, untied, quick GELU",
        {
            **GPT2,
            "scale_attn_weights": False,
            "tie_word_embeddings": False,
            "activation_function": "quick_gelu",
        },
        head="Model",
    ),
    *BARE_BERT,
    t5("tied head", decoder=[0, 3, 7, 1, 4, 12, 5]),
    t5(
        "gated, untied, decoder longer than the prompt and deeper",
        decoder=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        tokens=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        num_decoder_layers=3,
    ),
    t5(
        "wide heads, default buckets, one token written",
        decoder=[0],
        d_kv=7,
        num_heads=3,
        relative_attention_num_buckets=32,
        relative_attention_max_distance=128,
        n_positions=40,
        tokens=33,
        num_layers=1,
    ),
    bert("two segments", inputs={"segments": [0, 0, 0, 0, 1, 1, 1, 0, 1]}),
    bert("untied, odd sizes, no segments given", tie_word_embeddings=False, hidden_size=20, hidden_act="relu"),
    bert("three segments, one head", num_attention_heads=1, type_vocab_size=3, inputs={"segments": [2, 1, 0] * 3}),
    of("llama", "Llama", "grouped heads"),
    of("llama", "Llama", "tied head, biases", tie_word_embeddings=True, attention_bias=True, mlp_bias=True),
    of(
        "llama",
        "Llama",
        "as many key heads, odd sizes",
        num_key_value_heads=4,
        hidden_size=20,
        head_dim=6,
        vocab_size=7,
    ),
    of("llama", "Llama", "one key head, one layer", num_key_value_heads=1, num_hidden_layers=1),
    of("llama", "Llama", "llama3 frequencies", rope_parameters=LLAMA3, head_dim=12),
    of(
        "llama",
        "Llama",
        "linear frequencies",
        rope_parameters={"rope_type": "linear", "rope_theta": 50.0, "factor": 3.0},
    ),
    of(
        "llama",
        "Llama",
        "dynamic frequencies, which change beyond the context only",
        rope_parameters={"rope_type": "dynamic", "rope_theta": 50.0, "factor": 3.0},
    ),
    of("llama", "Llama", "yarn frequencies", rope_parameters=YARN, head_dim=12),
    of("mistral", "Mistral", "window shorter than the prompt", sliding_window=4),
    of("mistral", "Mistral", "no window, odd head", sliding_window=None, head_dim=6),
    of("qwen2", "Qwen2", "biases, tied head", tie_word_embeddings=True),
    of(
        "qwen2",
        "Qwen2",
        "window in the upper layers",
        use_sliding_window=True,
        sliding_window=3,
        max_window_layers=1,
        num_hidden_layers=3,
    ),
    of("qwen3", "Qwen3", "norm of each head", head_dim=6),
    of("qwen3", "Qwen3", "biases, one key head", head_dim=8, attention_bias=True, num_key_value_heads=1),
    of("phi3", "Phi3", "fused projections"),
    of(
        "phi3",
        "Phi3",
        "part of a head turned, window",
        rope_parameters={"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.5},
        sliding_window=5,
        num_key_value_heads=4,
    ),
    of("phi3", "Phi3", "a prompt longer than the original context", **LONGER),
    of("phi3", "Phi3", "a prompt within the original context", tokens=6, **LONGER),
    of("phi3", "Phi3", "original context left to the default", rope_parameters=LONG, hidden_act="gelu_python"),
    of(
        "granite",
        "Granite",
        "multipliers",
        embedding_multiplier=3.0,
        attention_multiplier=0.4,
        residual_multiplier=0.3,
        logits_scaling=1.7,
    ),
    of(
        "granite",
        "Granite",
        "biases, tied head",
        attention_bias=True,
        mlp_bias=True,
        tie_word_embeddings=True,
        residual_multiplier=0.5,
    ),
    of("smollm3", "SmolLM3", "every second layer without positions", no_rope_layer_interval=2, num_hidden_layers=4),
    of(
        "smollm3",
        "SmolLM3",
        "given layers, with a window and biases",
        no_rope_layers=[0, 1, 1],
        num_hidden_layers=3,
        use_sliding_window=True,
        sliding_window=4,
        attention_bias=True,
        mlp_bias=True,
        tie_word_embeddings=False,
    ),
    of(
        "smollm3",
        "SmolLM3",
        "given types of layers, of one token",
        use_sliding_window=False,
        sliding_window=1,
        layer_types=["sliding_attention", "full_attention"],
    ),
    of("olmo2", "Olmo2", "norms after, all heads normalised together"),
    of(
        "olmo2",
        "Olmo2",
        "biases, as many key heads",
        attention_bias=True,
        num_key_value_heads=4,
        tie_word_embeddings=True,
    ),
    of("gemma", "Gemma", "wide heads, tied head", head_dim=6),
    of(
        "gemma",
        "Gemma",
        "one key head, untied",
        head_dim=8,
        num_key_value_heads=1,
        tie_word_embeddings=False,
        hidden_act="gelu",
    ),
    of(
        "gemma2",
        "Gemma2",
        "windows in every other layer",
        head_dim=6,
        sliding_window=4,
        num_hidden_layers=3,
        query_pre_attn_scalar=9,
    ),
    of(
        "gemma2",
        "Gemma2",
        "no caps, given layer types",
        head_dim=4,
        sliding_window=3,
        layer_types=["full_attention", "sliding_attention"],
        attn_logit_softcapping=None,
        final_logit_softcapping=None,
    ),
    of("gemma2", "Gemma2", "tight caps", head_dim=4, attn_logit_softcapping=1.5, final_logit_softcapping=2.0),
    of(
        "gemma3_text",
        "Gemma3Text Gemma3",
        "local and global angles",
        head_dim=6,
        sliding_window=4,
        layer_types=["sliding_attention", "full_attention"],
    ),
    of(
        "gemma3_text",
        "Gemma3Text Gemma3",
        "linear global angles, untied",
        head_dim=4,
        sliding_window=3,
        num_hidden_layers=3,
        layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        tie_word_embeddings=False,
        rope_parameters={
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 50.0},
        },
    ),
    of(
        "gpt_neox",
        "GPTNeoX",
        "side by side, part of a head turned",
        rope_parameters={"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.5},
    ),
    of(
        "gpt_neox",
        "GPTNeoX",
        "one after the other, no biases",
        use_parallel_residual=False,
        attention_bias=False,
        tie_word_embeddings=True,
        num_attention_heads=2,
        hidden_size=12,
        rope_parameters={"rope_type": "default", "rope_theta": 10.0, "partial_rotary_factor": 0.7},
    ),
    of("opt", "OPT", "norms before", base=OPT),
    of("opt", "OPT", "norms after, narrow embeddings", base=OPT, do_layer_norm_before=False, word_embed_proj_dim=10),
    of(
        "opt",
        "OPT",
        "plain norms, no biases, untied",
        base=OPT,
        enable_bias=False,
        layer_norm_elementwise_affine=False,
        tie_word_embeddings=False,
        activation_function="gelu",
    ),
    of("mixtral", "Mixtral", "two of three experts", num_local_experts=3, num_experts_per_tok=2),
    of(
        "mixtral",
        "Mixtral",
        "one of four experts, window, tied",
        num_local_experts=4,
        num_experts_per_tok=1,
        sliding_window=4,
        tie_word_embeddings=True,
    ),
    of("qwen3_moe", "Qwen3Moe", "three of five experts", num_experts=5, num_experts_per_tok=3, moe_intermediate_size=7),
    of(
        "qwen3_moe",
        "Qwen3Moe",
        "experts in some layers, shares add up",
        num_hidden_layers=4,
        num_experts=4,
        num_experts_per_tok=2,
        moe_intermediate_size=10,
        decoder_sparse_step=2,
        mlp_only_layers=[3],
        norm_topk_prob=True,
        head_dim=6,
    ),
    of("deepseek_v3", "DeepseekV3", "latent attention, groups, dense first", base=DEEPSEEK),
    of(
        "deepseek_v3",
        "DeepseekV3",
        "direct queries, no groups, no interleaving",
        base=DEEPSEEK,
        q_lora_rank=None,
        n_group=1,
        topk_group=1,
        rope_interleave=False,
        norm_topk_prob=False,
        n_shared_experts=2,
        first_k_dense_replace=0,
    ),
    of(
        "deepseek_v3",
        "DeepseekV3",
        "yarn, biases, one kind of layer",
        base=DEEPSEEK,
        attention_bias=True,
        first_k_dense_replace=0,
        rope_parameters={**YARN, "mscale": 1.0, "mscale_all_dim": 0.7},
        qk_rope_head_dim=8,
    ),
    of("gpt_oss", "GptOss", "sinks and windows", base=GPT_OSS),
    of(
        "gpt_oss",
        "GptOss",
        "tight clamp, no attention biases",
        base=GPT_OSS,
        attention_bias=False,
        swiglu_limit=0.5,
        num_experts_per_tok=3,
        layer_types=["full_attention", "full_attention"],
        rope_parameters={"rope_type": "default", "rope_theta": 100.0},
    ),
]

"""One file per family of models; this page is the table of contents.

A family gives these things: ``define(config) -> Definition`` from a Transformers configuration (a
plain dict), ``CHECKPOINT``, which says where each weight stands in a Hugging Face checkpoint, and
``KEY_PREFIXES``, what may stand before the keys. Some have ``COPIES`` too: keys under which checkpoints hold an
array once more; or ``LEFT_OUT``: what the keys of parts begin with that are known and not drawn.
"""

from __future__ import annotations

from types import ModuleType

from cutaway.architectures import (
    bert,
    deepseek_v3,
    gemma,
    gemma2,
    gemma3_text,
    gpt2,
    gpt_neox,
    gpt_oss,
    granite,
    llama,
    mistral,
    mixtral,
    olmo2,
    opt,
    phi3,
    qwen2,
    qwen3,
    qwen3_moe,
    smollm3,
    t5,
)

FAMILIES: dict[str, ModuleType] = {
    "bert": bert,
    "deepseek_v3": deepseek_v3,
    "gemma": gemma,
    "gemma2": gemma2,
    "gemma3_text": gemma3_text,
    "gpt2": gpt2,
    "gpt_neox": gpt_neox,
    "gpt_oss": gpt_oss,
    "granite": granite,
    "llama": llama,
    "mistral": mistral,
    "mixtral": mixtral,
    "olmo2": olmo2,
    "opt": opt,
    "phi3": phi3,
    "qwen2": qwen2,
    "qwen3": qwen3,
    "qwen3_moe": qwen3_moe,
    "smollm3": smollm3,
    "t5": t5,
}
"""``model_type`` in ``config.json`` to the module that defines it."""

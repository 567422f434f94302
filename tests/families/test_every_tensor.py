"""Every tensor that a model shows is one that Transformers computes, found among all results of its operations.

Logits that agree do not show that what leads there is called by its name and shaped as it says.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cutaway
from families.cases import oracle
from families.configurations import CASES
from families.recording import among, recorded

NOT_HELD = [
    r"(^|\.|_)(mean|var|scale|max|expsum|frequency|frequency_original|divisor)$",  # inside of norms and softmax
    r"\.(expert_rank|group_rank|chosen_sum)$",  # a top-k does not say what it compared
    r"\.experts\.(pre|pre_linear|post|expert_out)$",  # computed expert by expert there, token by token here
    r"^probs$",
]
"""What Transformers never has as an array of its own; the formulas of these are held to what is made of them."""
OTHER_ORDER = {
    "deepseek_v3": [r"^rotary\.(cos|sin)$", r"\.rot_[qk]$", r"\.expert_(indices|weights)$"],  # pairs apart; unsorted
    "gpt_oss": [r"^rotary\.(cos|sin)$"],  # each angle once
}
CHOSEN = [
    "gpt2: scores divided by the layer's number", "bert: three segments, one head", "t5: tied head",
    "llama: llama3 frequencies", "mistral: window shorter than the prompt", "qwen2: window in the upper layers",
    "qwen3: biases, one key head", "phi3: part of a head turned, window", "granite: multipliers",
    "smollm3: given layers, with a window and biases", "olmo2: norms after, all heads normalised together",
    "gemma: one key head, untied", "gemma2: windows in every other layer", "gemma3_text: linear global angles, untied",
    "gpt_neox: side by side, part of a head turned", "opt: norms after, narrow embeddings",
    "mixtral: two of three experts", "qwen3_moe: experts in some layers, shares add up",
    "deepseek_v3: latent attention, groups, dense first", "gpt_oss: sinks and windows",
]  # fmt: skip
BY_ID = {c.id: c for c in CASES}


@pytest.mark.parametrize("name", CHOSEN)
def test_every_tensor_is_one_of_transformers(name: str, tmp_path: Path) -> None:
    case = BY_ID[name]
    model = cutaway.load(oracle(case, tmp_path).folder)
    run, seen = model.run(case.prompt, **case.inputs), recorded(case, tmp_path)
    excused = re.compile("|".join([*NOT_HELD, *OTHER_ORDER.get(case.family, [])]))
    computed = [t.name for t in model.tensors.values() if t.formula is not None and not excused.search(t.name)]
    assert len(computed) > 20
    assert [tensor for tensor in computed if not among(run[tensor], seen)] == []


def test_what_is_out_of_the_window_says_why(tmp_path: Path) -> None:
    case = BY_ID["mistral: window shorter than the prompt"]
    run = cutaway.load(oracle(case, tmp_path).folder).run(case.prompt)
    for place, why in (("0, 8, 0", "not 8 - 0 < 4"), ("0, 2, 7", "not 7 <= 2"), ("0, 8, 5", "5 <= 8 and 8 - 5 < 4")):
        said = run.explain(f"blocks.0.attn.attn_scores[{place}]").numbers_text
        assert said.endswith(f", since {why}"), said

"""Weights in few bits with scales beside them, against what Transformers makes of the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers.integrations.finegrained_fp8 import Fp8Dequantize
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

import cutaway
from cutaway.errors import CheckpointError
from families.cases import oracle
from families.configurations import CASES, GPT_OSS, of

DEEPSEEK = next(c for c in CASES if c.id == "deepseek_v3: latent attention, groups, dense first")
WIDE = of("gpt_oss", "GptOss", "packed", base=GPT_OSS, hidden_size=64, intermediate_size=32)
BLOCK = 4


def configured(folder: Path, quantization: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "quantization_config": quantization}))


def read(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def write(folder: Path, arrays: dict[str, torch.Tensor]) -> None:
    (folder / "model.safetensors").unlink()  # an open model may have it mapped
    save_file({key: a.contiguous() for key, a in arrays.items()}, folder / "model.safetensors")


def theirs(folder: Path, prompt: list[int]) -> np.ndarray:
    """What Transformers computes from a folder with plain numbers."""
    how = {"dtype": torch.float32, "attn_implementation": "eager", "experts_implementation": "eager"}
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, **how)
    with torch.no_grad():
        return model(torch.tensor([prompt])).logits[0].numpy()


def in_eight_bits(w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix and the scales of its blocks, the last of which may be smaller."""
    rows, columns = (-(-n // BLOCK) for n in w.shape)
    padded = torch.zeros(rows * BLOCK, columns * BLOCK)
    padded[: w.shape[0], : w.shape[1]] = w
    blocks = padded.reshape(rows, BLOCK, columns, BLOCK)
    scale = blocks.abs().amax(dim=(1, 3)) / 448.0
    small = (blocks / scale[:, None, :, None]).reshape(padded.shape)[: w.shape[0], : w.shape[1]]
    return small.to(torch.float8_e4m3fn), scale


@pytest.fixture
def fp8(tmp_path: Path) -> Path:
    """A DeepSeek-V3 as it is published: matrices of layers in 8 bits, the rest in 16."""
    oracle(DEEPSEEK, tmp_path)
    arrays: dict[str, torch.Tensor] = {}
    for key, w in read(tmp_path).items():
        if "proj" in key and w.ndim == 2:
            arrays[key], arrays[f"{key}_scale_inv"] = in_eight_bits(w)
        else:
            arrays[key] = w.to(torch.bfloat16) if w.ndim == 2 else w
    write(tmp_path, arrays)
    configured(tmp_path, {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [BLOCK, BLOCK]})
    return tmp_path


def test_eight_bits_are_read_as_transformers_reads_them(fp8: Path) -> None:
    stored, model = read(fp8), cutaway.load(fp8)
    run = model.run(DEEPSEEK.prompt)
    unpack, compared = Fp8Dequantize(None)._dequantize_one, 0
    plain: dict[str, torch.Tensor] = {}
    for key, w in stored.items():
        scale = stored.get(f"{key}_scale_inv")
        if scale is None:
            plain[key] = w.float()
        elif all(n % BLOCK == 0 for n in w.shape):
            plain[key], compared = unpack(w, scale, torch.float32), compared + 1
        else:  # theirs wants whole blocks
            large = scale.repeat_interleave(BLOCK, 0).repeat_interleave(BLOCK, 1)
            plain[key] = w.float() * large[: w.shape[0], : w.shape[1]]
    assert compared > 2
    configured(fp8, None)
    write(fp8, {key: w for key, w in plain.items() if not key.endswith("_scale_inv")})
    logits = theirs(fp8, DEEPSEEK.prompt)
    assert np.abs(run["logits"] - logits).max() < 1e-4
    again = cutaway.load(fp8)
    for name, w in (model.weights or {}).items():
        np.testing.assert_array_equal(w, (again.weights or {})[name], err_msg=name)


def test_the_origin_says_what_was_done(fp8: Path) -> None:
    run = cutaway.load(fp8).run([1, 2])
    said = run.explain("blocks.0.attn.W_O[1, 2, 3]").origin
    assert said == "model.safetensors (FP8, times its scale): model.layers.0.self_attn.o_proj.weight[3, 7]"
    assert run.explain("W_E[1, 2]").origin == "model.safetensors: model.embed_tokens.weight[1, 2]"


def test_one_scale_may_stand_for_a_whole_matrix(fp8: Path) -> None:
    arrays = read(fp8)
    key = "model.layers.0.self_attn.o_proj.weight"
    arrays = {k: w for k, w in arrays.items() if k.endswith("_scale_inv") or w.dtype != torch.float8_e4m3fn or k == key}
    small = {k: w for k, w in arrays.items() if not k.endswith("_scale_inv")}
    whole = {k: w.float() for k, w in cutaway_weights(fp8).items() if k not in small}
    write(fp8, {**whole, **small, f"{key}_scale_inv": torch.tensor(0.5)})
    configured(fp8, {"quant_method": "fp8", "weight_block_size": None})
    w = (cutaway.load(fp8).weights or {})["blocks.0.attn.W_O"]
    expected = (arrays[key].float() * 0.5).T.reshape(w.shape)
    np.testing.assert_array_equal(w, expected.numpy())


def cutaway_weights(folder: Path) -> dict[str, torch.Tensor]:
    """Every array of a folder in plain numbers, under its key."""
    stored = read(folder)
    return {
        key: w.float()
        * stored[f"{key}_scale_inv"].repeat_interleave(BLOCK, 0).repeat_interleave(BLOCK, 1)[: w.shape[0], : w.shape[1]]
        if f"{key}_scale_inv" in stored
        else w
        for key, w in stored.items()
        if not key.endswith("_scale_inv")
    }


@pytest.fixture
def mxfp4(tmp_path: Path) -> Path:
    """A gpt-oss as it is published: experts in 4 bits, the rest in 16."""
    oracle(WIDE, tmp_path)
    random = torch.Generator().manual_seed(0)
    arrays: dict[str, torch.Tensor] = {}
    for key, w in read(tmp_path).items():
        if key.endswith(("gate_up_proj", "down_proj")):
            experts, inputs, outputs = w.shape
            shape = (experts, outputs, inputs // 32)
            arrays[f"{key}_blocks"] = torch.randint(0, 256, (*shape, 16), dtype=torch.uint8, generator=random)
            arrays[f"{key}_scales"] = torch.randint(121, 127, shape, dtype=torch.uint8, generator=random)
        else:
            arrays[key] = w.to(torch.bfloat16)
    write(tmp_path, arrays)
    configured(tmp_path, {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]})
    return tmp_path


def test_four_bits_are_read_as_transformers_reads_them(mxfp4: Path) -> None:
    stored, model = read(mxfp4), cutaway.load(mxfp4)
    run = model.run(WIDE.prompt)
    plain = {key: w.float() for key, w in stored.items() if not key.endswith(("_blocks", "_scales"))}
    for key in [k.removesuffix("_blocks") for k in stored if k.endswith("_blocks")]:
        plain[key] = convert_moe_packed_tensors(stored[f"{key}_blocks"], stored[f"{key}_scales"], dtype=torch.float32)
    configured(mxfp4, None)
    write(mxfp4, plain)
    logits = theirs(mxfp4, WIDE.prompt)
    assert np.abs(run["logits"] - logits).max() < 1e-4 * np.abs(logits).max()
    again = cutaway.load(mxfp4)
    for name, w in (model.weights or {}).items():
        np.testing.assert_array_equal(w, (again.weights or {})[name], err_msg=name)
    assert "(MXFP4, unpacked): model.layers.0.mlp.experts.down_proj[2, 3, 4]" in str(
        run.explain("blocks.0.mlp.experts.W_out[2, 3, 4]").origin
    )


@pytest.mark.parametrize(
    ("quantization", "message"),
    [
        ({"quant_method": "gptq", "bits": 4}, "quantized with 'gptq', which is not read; supported: fp8 and mxfp4"),
        ("strange", "quantized with 'strange'"),
        ({"quant_method": "fp8", "weight_block_size": [4]}, r"weight_block_size = \[4\]; expected two numbers"),
        (
            {"quant_method": "fp8", "weight_block_size": [8, 4]},
            r"_scale_inv: expected a scale for each block of \[8, 4",
        ),
    ],
)
def test_other_ways_are_refused(fp8: Path, quantization: Any, message: str) -> None:
    configured(fp8, quantization)
    with pytest.raises(CheckpointError, match=message):
        cutaway.load(fp8)


def test_a_scale_that_is_missing(fp8: Path) -> None:
    arrays = read(fp8)
    key = "model.layers.0.self_attn.o_proj.weight"
    write(fp8, {k: w for k, w in arrays.items() if k != f"{key}_scale_inv"})
    with pytest.raises(CheckpointError, match=f"{key} has 8 bits a number and no scale: expected {key}_scale_inv"):
        cutaway.load(fp8)


def test_packed_scales_that_are_missing(mxfp4: Path) -> None:
    key = "model.layers.0.mlp.experts.down_proj"
    arrays = read(mxfp4)
    write(mxfp4, {k: w for k, w in arrays.items() if k != f"{key}_scales"})
    with pytest.raises(CheckpointError, match=f"{key}_blocks has 4 bits a number and no scales"):
        cutaway.load(mxfp4)
    write(mxfp4, {**arrays, f"{key}_scales": arrays[f"{key}_scales"][:, :1]})
    with pytest.raises(CheckpointError, match=r"expected blocks of 16 bytes and a byte of scale for each"):
        cutaway.load(mxfp4)

"""Well-known models by name: structure at true size, from their configurations alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import torch
import transformers
from checkpoint_files import SMALL, write_checkpoint
from command import answered

import cutaway
from cutaway import CutawayError
from cutaway.bundle import bundle, to_json
from cutaway.errors import NameNotFound
from cutaway.load import presets
from cutaway.server.site import Site
from cutaway.wire import Capabilities

PUBLISHED: dict[str, int] = {
    "bert-base": 109_514_298,
    "deepseek-v3": 671_026_419_200,
    "gemma-2-9b": 9_241_705_984,
    "gpt-3": 174_604_259_328,
    "gpt-oss-120b": 116_829_156_672,
    "gpt2": 124_439_808,
    "gpt2-large": 774_030_080,
    "gpt2-medium": 354_823_168,
    "gpt2-xl": 1_557_611_200,
    "llama-2-70b": 68_976_648_192,
    "llama-2-7b": 6_738_415_616,
    "llama-3.1-405b": 405_853_388_800,
    "llama-3.1-8b": 8_030_261_248,
    "mistral-7b": 7_241_732_096,
    "mixtral-8x7b": 46_702_792_704,
    "qwen3-235b-a22b": 235_093_634_560,
    "qwen3-8b": 8_190_735_360,
    "t5-base": 222_903_552,
}
"""Parameters as the checkpoints have them; of GPT-3 the paper says 175 billion, of DeepSeek-V3 671 billion."""

ACTIVE = {"deepseek-v3": 36.6, "gpt-oss-120b": 5.13, "qwen3-235b-a22b": 22, "mixtral-8x7b": 12.7}
"""Billions of active parameters, as papers and model cards say; Mixtral's 12.9 counts the whole embedding table."""

CACHE: dict[str, int] = {
    "deepseek-v3": 61 * (512 + 64) * 2,
    "gpt-3": 2 * 96 * 12288 * 2,
    "llama-2-70b": 2 * 80 * 8 * 128 * 2,
    "llama-3.1-8b": 131_072,
    "gpt-oss-120b": 2 * 36 * 8 * 64 * 2,
}
"""Bytes per token of the key/value cache: both, layers, heads, channels, two bytes; one latent in DeepSeek."""

KEPT_ASIDE = {"deepseek-v3": "e_score_correction_bias"}
"""What belongs to the checkpoint and is no parameter in Transformers: a buffer."""

LARGEST = 60_000
"""Bytes of a gzipped bundle."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_are_those_published(name: str) -> None:
    model = cutaway.load(name)
    assert model.name == name
    assert model.cost(tokens=1).parameters == PUBLISHED[name]
    assert model.weights is None
    assert model.title
    assert model.description
    assert model.facts["paper"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_transformers_counts_the_same(name: str) -> None:
    """The model that Transformers makes of the same configuration, without memory for its weights."""
    config = json.loads(presets()[name].read_text("utf-8"))
    made_for = transformers.AutoConfig.for_model(**{k: v for k, v in config.items() if k != "cutaway"})
    ours = cutaway.load(name).definition
    head = transformers.AutoModelForMaskedLM if ours.predicts == "masked" else transformers.AutoModelForCausalLM
    if ours.decoder is not None:
        head = transformers.AutoModelForSeq2SeqLM
    with torch.device("meta"):
        theirs = head.from_config(made_for)
    count = sum(p.numel() for p in theirs.parameters())
    count += sum(b.numel() for k, b in theirs.named_buffers() if k.endswith(KEPT_ASIDE.get(name, " ")))
    assert count == PUBLISHED[name]
    assert cutaway.load(name).context == getattr(
        made_for, "max_position_embeddings", made_for.to_dict().get("n_positions")
    )


def test_every_preset_is_checked() -> None:
    assert set(presets()) == set(PUBLISHED)


@pytest.mark.parametrize("name", ACTIVE)
def test_active_parameters_are_those_published(name: str) -> None:
    active = cutaway.load(name).cost(tokens=1).active_parameters / 1e9
    decimals = len(str(ACTIVE[name]).partition(".")[2])
    assert round(active, decimals) == ACTIVE[name]


@pytest.mark.parametrize("name", CACHE)
def test_the_cache_is_as_large_as_the_papers_say(name: str) -> None:
    assert cutaway.load(name).cost(tokens=1).cache_bytes_per_token == CACHE[name]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_bundle_is_small_and_has_no_values(name: str) -> None:
    made = bundle([cutaway.load(name)], capabilities=Capabilities())
    assert len(gzip.compress(to_json(made), 6)) <= LARGEST
    (model,) = made.models
    assert (model.weights, model.run, model.prompt) == (None, None, [])
    assert model.cost.parameters == PUBLISHED[name]


def test_it_has_no_numbers_to_run() -> None:
    model = cutaway.load("gpt2")
    with pytest.raises(CutawayError, match=r"gpt2 has no weights.*Give a folder with config.json and model.safetenso"):
        model.run("hello")
    assert model.tensors["blocks.11.attn.q"].shape({"tokens": 5}) == (5, 12, 64)


def test_near_matches_of_a_name() -> None:
    with pytest.raises(NameNotFound, match=r"no model named 'gpt3'.*Did you mean 'gpt-3'.*Structure only: .*qwen3-8b"):
        cutaway.load("gpt3")


def test_a_folder_of_the_same_name_goes_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_checkpoint(tmp_path / "gpt2")
    monkeypatch.chdir(tmp_path)
    assert cutaway.load("gpt2").weights is not None


def test_the_cost_is_printed() -> None:
    said = answered("cost", "gpt-3", "--tokens", "1")
    assert said.code == 0
    assert "174,604,259,328" in said.out
    assert "one token reads 174,579,105,792 of the parameters" in said.out
    assert "key/value cache: 4,718,592 bytes per token" in said.out


# A configuration alone


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    (tmp_path / "tiny").mkdir()
    path = tmp_path / "tiny" / "config.json"
    path.write_text(json.dumps(SMALL))
    return path


def test_a_configuration_gives_structure(configuration: Path) -> None:
    model = cutaway.load(configuration)
    assert model.name == "tiny"
    assert model.weights is None
    assert model.cost().parameters == cutaway.load(write_checkpoint(configuration.parent)).cost().parameters
    with pytest.raises(CutawayError, match="tiny has no weights"):
        model.run([1])


def test_a_configuration_beside_weights_gives_the_model(configuration: Path) -> None:
    write_checkpoint(configuration.parent)
    assert cutaway.load(configuration).weights is not None


def test_a_configuration_is_served(configuration: Path) -> None:
    site = Site([cutaway.load(configuration)])
    assert "bundle.json" in site
    assert "tiny/weights.safetensors" not in site


def test_a_configuration_is_exported(configuration: Path, tmp_path: Path) -> None:
    answer = answered("export", tmp_path / "site", configuration)
    assert answer.code == 0, answer
    assert (tmp_path / "site" / "bundle.json").is_file()
    assert (tmp_path / "site" / "tiny" / "tours").is_dir()
    assert not list((tmp_path / "site" / "tiny").glob("*.safetensors"))


def test_commands_that_need_numbers_say_so(configuration: Path) -> None:
    answer = answered("run", configuration, "1")
    assert answer.code == 2
    assert "tiny has no weights, so it cannot be run" in answer.err

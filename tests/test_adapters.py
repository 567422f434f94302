"""Models of other libraries: Transformers objects in memory, names on the Hugging Face Hub."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from checkpoint_files import write_checkpoint
from command import cutaway as command
from tokenizers_made import word_piece

import cutaway
from cutaway import CutawayError, Model
from cutaway.adapters import adapted, hub
from cutaway.cli import sources

NOBODY = "http://127.0.0.1:9"
"""Nothing listens there."""


@pytest.fixture(scope="module")
def theirs() -> Any:
    """A Transformers model whose weights have other names in memory than on disk."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.MixtralConfig(
        vocab_size=9, hidden_size=16, intermediate_size=22, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=24, num_local_experts=3, num_experts_per_tok=2,
        bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    config._experts_implementation = "eager"  # any sizes
    return transformers.MixtralForCausalLM(config).eval()


class Words:
    """A tokenizer as others have them."""

    known = ("a", "b", "cat", "sat")

    def encode(self, text: str) -> list[int]:
        return [self.known.index(word) for word in text.split()]

    def decode(self, ids: list[int], skip_special_tokens: bool = True) -> str:
        return " ".join(self.known[i] if i < len(self.known) else "?" for i in ids)


def test_a_model_in_memory_computes_the_same(theirs: Any) -> None:
    import torch

    model = adapted(theirs)
    assert model is not None
    assert model.name == "MixtralForCausalLM"
    with torch.no_grad():
        expected = theirs(torch.tensor([[1, 2, 3]])).logits[0].numpy()
    assert np.abs(model.run("1 2 3")["logits"] - expected).max() < 1e-4


def test_nobody_is_told_of_files(theirs: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Transformers draws a bar for each folder that it writes; ours is nobody's business."""
    logging = pytest.importorskip("transformers.utils.logging")
    logging.enable_progress_bar()
    capfd.readouterr()
    adapted(theirs)
    assert capfd.readouterr() == ("", "")
    assert logging.is_progress_bar_enabled()


def test_it_is_shown_with_its_tokenizer(theirs: Any) -> None:
    with (
        cutaway.show(theirs, Words(), "cat sat", open_browser=False) as shown,
        urllib.request.urlopen(shown.url + "bundle.json", timeout=10) as answer,
    ):
        (model,) = json.load(answer)["models"]
    assert model["prompt"] == [2, 3]
    assert repr(shown) == "<cutaway.Shown MixtralForCausalLM on 'cat sat', closed>"


@pytest.mark.parametrize("form", ["of Transformers", "of the tokenizers library"])
def test_a_tokenizer_is_used_as_a_file_of_it_would_be(theirs: Any, form: str) -> None:
    transformers = pytest.importorskip("transformers")
    tokenizer = word_piece()
    given = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer) if form[3:5] == "Tr" else tokenizer
    model = adapted(theirs, given)
    assert model is not None
    ids = model.vocabulary.encode("the cat sat on the mat")
    assert model.vocabulary.texts(ids) == ["[CLS]", "the", "cat", "sat", "on", "the", "mat", "[SEP]"]
    assert model.vocabulary.text(ids) == "the cat sat on the mat"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(
    ("of", "size"),
    [
        ("BertForMaskedLM", {}),
        ("T5ForConditionalGeneration", {"d_kv": 4, "d_ff": 9}),
        ("Gemma2ForCausalLM", {"head_dim": 4, "num_key_value_heads": 2}),
    ],
)
def test_models_in_16_bits_compute_what_their_weights_say(of: str, size: dict[str, int], dtype: str) -> None:
    import torch
    import transformers

    torch.manual_seed(0)
    small = {"vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = getattr(transformers, of.partition("For")[0] + "Config")(**small, **size)
    theirs = getattr(transformers, of)(config).eval().to(getattr(torch, dtype))
    decoder = [0, 5] if of.startswith("T5") else None
    with cutaway.show(theirs, word_piece(), "the cat sat", open_browser=False) as shown:
        assert "on 'the cat sat'" in repr(shown)
    model = adapted(theirs)
    assert model is not None
    ours = model.run([1, 2, 3, 4], decoder=decoder)["logits"]
    with torch.no_grad():
        beside = {"decoder_input_ids": torch.tensor([decoder])} if decoder else {}
        expected = theirs.float()(torch.tensor([[1, 2, 3, 4]]), **beside).logits[0].numpy()
    assert np.abs(ours - expected).max() < 1e-4


def test_its_folder_goes_with_it(theirs: Any) -> None:
    model = adapted(theirs, Words())
    assert model is not None
    assert model.weights is not None
    folder = Path(model.weights.folder)
    assert folder.is_dir()
    assert model.run("a b cat").texts == ["a", "b", "cat"]
    del model
    gc.collect()
    assert not folder.exists()


def test_what_cannot_be_shown(nano: Model, theirs: Any) -> None:
    with pytest.raises(CutawayError, match="expected a tokenizer with encode and decode, got int"):
        cutaway.show(theirs, 3)
    with pytest.raises(CutawayError, match="a tokenizer with a Transformers model only"):
        cutaway.show(nano, Words())
    with pytest.raises(CutawayError, match="a run on its own prompt"):
        cutaway.show(nano.run("A"), prompt="B")
    assert adapted([1, 2]) is None


def test_an_unsupported_family_in_memory() -> None:
    transformers = pytest.importorskip("transformers")
    small = transformers.GPTJConfig(vocab_size=9, n_embd=8, n_layer=1, n_head=2, rotary_dim=4, n_positions=8)
    with pytest.raises(CutawayError, match="model_type 'gptj' is not supported"):
        cutaway.show(transformers.GPTJForCausalLM(small))


def test_a_prompt_for_a_model(nano: Model) -> None:
    with cutaway.show(nano, prompt="ABC", open_browser=False) as shown:
        assert "on 'ABC'" in repr(shown)


def test_no_library_is_imported_before_it_is_needed() -> None:
    code = "import sys, cutaway; print({'transformers', 'torch', 'huggingface_hub'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


# The Hub


@pytest.mark.parametrize(
    ("source", "named"),
    [("org/name", True), ("Qwen/Qwen3-0.6B", True), ("nano-gpt", False), ("org/name@v1", True),
     ("org/name@", False), ("a/b/c", False), ("./a", False),
     ("../a", False), ("/a/b", False), ("a/", False), ("~/a", False), ("a\\b", False), ("", False)],
)  # fmt: skip
def test_names_on_the_hub(source: str, named: bool) -> None:
    assert hub.is_name(source) is named


def test_a_folder_here_goes_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_checkpoint(tmp_path / "org" / "name")
    monkeypatch.chdir(tmp_path)
    assert not hub.is_name("org/name")
    assert sources.load("org/name").name == "name"


def test_without_a_connection_the_message_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    answer = command("view", "org/name", "--no-browser", HF_HOME=str(tmp_path), HF_ENDPOINT=NOBODY, NO_PROXY="*")
    assert answer.code == 2
    assert "there is no folder org/name, and the Hugging Face Hub cannot be reached" in answer.err
    assert "fetch it where there is a connection, and give its folder" in answer.err
    assert "Traceback" not in answer.err


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(CutawayError, match=r'install the extra: pip install "cutaway\[hub\]"'):
        sources.load("org/name")


def test_what_was_fetched_before_needs_no_connection(tmp_path: Path) -> None:
    """A cache as the library leaves it."""
    pytest.importorskip("huggingface_hub")
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--org--name"
    write_checkpoint(repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    answer = command("run", "org/name", "1 2", HF_HOME=str(tmp_path), HF_HUB_OFFLINE="1")
    assert answer.code == 0, answer
    assert answer.out.startswith("name: 2 of at most 6 tokens")

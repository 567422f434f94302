"""Parameters, multiply-adds and bytes, read off the formulas."""

from __future__ import annotations

import pytest

from cutaway import Model
from cutaway.architectures import FAMILIES, gpt2
from cutaway.cost import cost_of
from cutaway.definition import Definition, Module
from cutaway.errors import SettingError
from cutaway.formula import Axis, Sum, exp
from cutaway.load import load


def test_the_built_in_model_has_85728_weights(nano: Model) -> None:
    cost = nano.cost()
    assert cost.parameters == 85_728
    assert cost.tokens == 11
    assert nano.weights is not None
    assert cost.parameters == sum(w.size for w in nano.weights.values())


@pytest.mark.parametrize(
    ("layers", "heads", "width", "parameters"),
    [
        (12, 12, 768, 124_439_808),
        (24, 16, 1024, 354_823_168),
        (36, 20, 1280, 774_030_080),
        (48, 25, 1600, 1_557_611_200),
    ],
    ids=["small", "medium", "large", "xl"],
)
def test_gpt2_as_published(layers: int, heads: int, width: int, parameters: int) -> None:
    """The head shares its matrix with the embedding, which is counted once."""
    config = {"n_layer": layers, "n_head": heads, "n_embd": width}
    assert cost_of(gpt2.define(config), 1).parameters == parameters
    untied = cost_of(gpt2.define({**config, "tie_word_embeddings": False}), 1)
    assert untied.parameters == parameters + 50257 * width


def test_multiply_adds_by_hand(nano: Model) -> None:
    """Per token 12 c^2 in each layer and the head; attention scores and values over all pairs of tokens."""
    t, c, layers, vocabulary = 5, 48, 3, 3
    cost = nano.cost(tokens=t)
    by_name = {tensor.name: tensor for tensor in cost.tensors}
    assert by_name["blocks.*.attn.q"].multiply_adds == layers * t * c * c
    assert by_name["blocks.*.attn.attn_scores"].multiply_adds == layers * t * t * c
    assert by_name["blocks.*.mlp.pre"].multiply_adds == layers * t * c * 4 * c
    assert by_name["logits"].multiply_adds == t * c * vocabulary
    assert cost.multiply_adds == layers * (12 * t * c * c + 2 * t * t * c) + t * c * vocabulary


def test_bytes_are_four_for_each_cell(nano: Model) -> None:
    cost = nano.cost(tokens=6)
    cells = sum(tensor.cells for tensor in cost.tensors)
    assert cost.bytes == 4 * cells
    run = nano.run("CBABBC")
    assert cells == sum(run[name].size for name in run)


def test_only_sums_of_products_count() -> None:
    c, d = Axis("c", "channel", 3), Axis("d", "channel", 4)
    root = Module(label="", kind="model")
    w = root.weight("w", [c, d])
    root.activation("sum", [c], Sum(d, exp(w[c, d])))
    root.activation("product", [], Sum(c, Sum(d, w[c, d] * w[c, 0] * w[0, d])))
    cost = cost_of(Definition("x", "x", root, 1), 1)
    assert [t.multiply_adds for t in cost.tensors] == [0, 0, 12]
    assert [t.parameters for t in cost.tensors] == [12, 0, 0]


def test_work_grows_with_the_number_of_different_blocks() -> None:
    few, many = (len(cost_of(gpt2.define({"n_layer": n}), 4).tensors) for n in (2, 96))
    assert few == many


def test_repr_says_all(nano: Model) -> None:
    assert repr(nano.cost()).startswith("Cost(tokens=11, parameters=85,728, active_parameters=85,152, multiply_adds=")


@pytest.mark.parametrize("tokens", [0, 12, -1])
def test_tokens_out_of_range(nano: Model, tokens: int) -> None:
    with pytest.raises(SettingError, match=f"tokens must be from 1 to the context length 11, got {tokens}"):
        nano.cost(tokens=tokens)


def test_active_parameters_leave_out_what_is_not_looked_up(nano: Model) -> None:
    """Of both tables one row; the head is a matrix of its own here."""
    cost = nano.cost()
    assert cost.active_parameters == 85_728 - 48 * (3 - 1) - 48 * (11 - 1)
    by_name = {tensor.name: tensor for tensor in cost.tensors}
    assert by_name["W_E"].active_parameters == by_name["W_pos"].active_parameters == 48
    assert by_name["W_U"].active_parameters == by_name["W_U"].parameters


def test_a_table_that_is_used_again_counts_whole() -> None:
    cost = cost_of(gpt2.define({}), 1)
    by_name = {tensor.name: tensor for tensor in cost.tensors}
    assert by_name["W_E"].active_parameters == 50257 * 768
    assert by_name["W_U"].active_parameters == by_name["W_U"].parameters == 0
    assert cost.parameters - cost.active_parameters == 1023 * 768


def test_the_cache_holds_keys_and_values(nano: Model) -> None:
    assert nano.cost().cache_bytes_per_token == 2 * 3 * 48 * 2
    assert nano.cost(tokens=1).cache_bytes_per_token == nano.cost().cache_bytes_per_token


def test_the_cache_follows_the_key_value_heads() -> None:
    config = {"num_hidden_layers": 5, "hidden_size": 64, "num_attention_heads": 8, "num_key_value_heads": 2}
    for family in ("llama", "qwen3", "gemma2", "phi3"):  # turned, normalised, capped, fused
        size = FAMILIES[family].define({**config, "head_dim": 6})
        channels = size.tensors["blocks.0.attn.k"].axes[-1].size
        assert cost_of(size, 1).cache_bytes_per_token == 2 * 5 * 2 * channels * 2, family


def test_both_stacks_of_an_encoder_decoder_have_a_length_of_their_own() -> None:
    """T5 base by hand: 12 layers each, width 768, 12 heads of 64, 3072 hidden units, vocabulary 32128."""
    t, u, c, f, layers, vocabulary = 7, 3, 768, 3072, 12, 32128
    encoder = layers * (t * (4 * c * c + 2 * c * f) + 2 * t * t * c)
    crossed = layers * (2 * u * c * c + 2 * t * c * c + 2 * u * t * c)
    decoder = layers * (u * (4 * c * c + 2 * c * f) + 2 * u * u * c) + crossed + u * c * vocabulary
    model = load("t5-base")
    assert model.cost(tokens=t, decoder=u).multiply_adds == encoder + decoder
    assert model.cost(tokens=t).multiply_adds == model.cost(tokens=t, decoder=t).multiply_adds
    with pytest.raises(SettingError, match="decoder must be from 1 to the context length 512, got 513"):
        model.cost(tokens=1, decoder=513)
    with pytest.raises(SettingError, match="gpt2 has no decoder of its own"):
        load("gpt2").cost(decoder=1)


def test_a_decoder_also_keeps_what_it_reads_of_the_prompt() -> None:
    """Keys and values of self-attention for each token written, of cross-attention for each of the prompt."""
    assert load("t5-base").cost(tokens=1).cache_bytes_per_token == 2 * (2 * 12 * 768) * 2
    assert load("bert-base").cost(tokens=1).cache_bytes_per_token == 0


@pytest.mark.parametrize(
    ("name", "kilobytes"),
    [
        ("llama-2-70b", 327.68),  # 80 layers of 8 key/value heads of 128 channels, twice, in 16 bits
        ("deepseek-v3", 70.272),  # 61 layers of 512 + 64 numbers: the 70 KB of its paper, arXiv:2412.19437
        ("gpt-3", 4718.592),
    ],
)
def test_the_cache_is_as_large_as_is_known(name: str, kilobytes: float) -> None:
    assert load(name).cost(tokens=1).cache_bytes_per_token == round(kilobytes * 1000)


def test_a_token_of_gpt3_takes_about_a_multiply_add_for_each_parameter() -> None:
    """Kaplan et al. 2020, arXiv:2001.08361: 2 N operations forward, that is N multiply-adds, beside the attention."""
    cost = load("gpt-3").cost(tokens=1)
    assert 0.99 < cost.multiply_adds / cost.parameters < 1.01


@pytest.mark.parametrize(
    ("name", "per_token", "full"),
    [
        # Keys and values, layers, heads, channels, two bytes. All 32 layers have a window of 4096 tokens.
        ("mistral-7b", 2 * 32 * 8 * 128 * 2, 2 * 32 * 8 * 128 * 2 * 4096),
        # 21 of the 42 layers keep 4096 tokens, 21 all 8192.
        ("gemma-2-9b", 2 * 42 * 8 * 256 * 2, 2 * 21 * 8 * 256 * 2 * (4096 + 8192)),
        # 18 of the 36 layers keep 128 tokens, 18 all 131072.
        ("gpt-oss-120b", 2 * 36 * 8 * 64 * 2, 2 * 18 * 8 * 64 * 2 * (128 + 131072)),
        ("llama-3.1-8b", 2 * 32 * 8 * 128 * 2, 2 * 32 * 8 * 128 * 2 * 131072),
    ],
)
def test_a_window_limits_what_is_kept(name: str, per_token: int, full: int) -> None:
    cost = load(name).cost(tokens=1)
    assert (cost.cache_bytes_per_token, cost.cache_bytes_full) == (per_token, full)


def test_pairs_outside_a_window_count_like_those_of_the_future() -> None:
    """Mistral 7B on 8192 tokens, twice its window: the whole square of pairs, in 32 layers of 32 heads of 128."""
    t, layers, width = 8192, 32, 32 * 128
    by_name = {tensor.name: tensor for tensor in load("mistral-7b").cost(tokens=t).tensors}
    for name in ("blocks.*.attn.attn_scores", "blocks.*.attn.z"):
        assert by_name[name].multiply_adds == layers * t * t * width

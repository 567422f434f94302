"""Choosing a token is a function of logits, options, seed and position."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutaway.errors import SettingError
from cutaway.sampling import Sampling, chances, choose, uniform

LOGITS = [1.0, 3.0, 2.0, -math.inf, 3.0]


def test_greedy_takes_the_first_of_the_largest() -> None:
    assert chances(LOGITS, Sampling()) == [(1, 1.0)]
    assert choose(LOGITS, Sampling(), position=7) == 1


def test_temperature_one_is_the_softmax() -> None:
    total = sum(map(math.exp, LOGITS))
    found = chances(LOGITS, Sampling(temperature=1.0))
    assert [i for i, _ in found] == [1, 4, 2, 0, 3]
    assert dict(found) == pytest.approx({i: math.exp(x) / total for i, x in enumerate(LOGITS)})


def test_a_low_temperature_sharpens_and_a_high_one_flattens() -> None:
    cold, warm, hot = (dict(chances(LOGITS, Sampling(temperature=t)))[0] for t in (0.5, 1.0, 5.0))
    assert cold < warm < hot


@pytest.mark.parametrize("top_k", [1, 2, 3, 99])
def test_top_k_keeps_the_most_likely(top_k: int) -> None:
    found = chances(LOGITS, Sampling(temperature=1.0, top_k=top_k))
    assert [i for i, _ in found] == [1, 4, 2, 0, 3][:top_k]
    assert math.isclose(sum(p for _, p in found), 1.0)


@pytest.mark.parametrize(("top_p", "kept"), [(0.1, 1), (0.39, 1), (0.5, 2), (0.85, 3), (0.99, 4)])
def test_top_p_keeps_the_fewest_that_reach_it(top_p: float, kept: int) -> None:
    found = chances(LOGITS, Sampling(temperature=1.0, top_p=top_p))
    assert len(found) == kept


def test_draws_follow_the_chances() -> None:
    how = Sampling(temperature=1.0, top_k=3)
    drawn = Counter(choose(LOGITS, Sampling(1.0, 3, seed=seed), position=p) for seed in range(50) for p in range(80))
    for token, p in chances(LOGITS, how):
        assert abs(drawn[token] / 4000 - p) < 4 * math.sqrt(p * (1 - p) / 4000)


def test_random_numbers_depend_on_seed_and_position_only() -> None:
    numbers = [uniform(seed, position) for seed in range(40) for position in range(100)]
    assert len(set(numbers)) == 4000
    assert all(0 <= u < 1 for u in numbers)
    assert abs(sum(numbers) / 4000 - 0.5) < 0.02
    assert uniform(7, 3) == uniform(7, 3)


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.floats(width=32), min_size=1, max_size=8),
    st.floats(0, 5),
    st.none() | st.integers(1, 9),
    st.none() | st.floats(0.01, 1),
    st.integers(0, 2**32 - 1),
)
def test_any_logits_give_a_token(
    logits: list[float], temperature: float, top_k: int | None, top_p: float | None, seed: int
) -> None:
    """NaN and infinities among them."""
    how = Sampling(temperature, top_k, top_p, seed)
    found = chances(logits, how)
    assert math.isclose(sum(p for _, p in found), 1.0)
    assert all(0 <= p <= 1 for _, p in found)
    assert choose(logits, how, position=3) in {i for i, _ in found}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1.0}, "temperature must be zero or more, got -1.0"),
        ({"temperature": math.nan}, "temperature"),
        ({"top_k": 0}, "top_k must be 1 or more, got 0"),
        ({"top_p": 0.0}, "top_p must be above 0 and at most 1, got 0.0"),
        ({"top_p": 1.5}, "top_p"),
        ({"seed": -1}, "seed must be from 0 to 4294967295, got -1"),
    ],
)
def test_options_out_of_range(options: dict, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Sampling(**options)

"""Rotary position embedding (Su et al. 2021, arXiv:2104.09864): pairs of channels turned by the position.

The angles are tensors like any other, ``frequency[a]``, ``cos[t, a]`` and ``sin[t, a]``, outside the layers
that share them. The ways of stretching the frequencies for a long context are formulas too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from cutaway.definition import Described, Module, Tensor
from cutaway.errors import CheckpointError
from cutaway.formula import Axis, Cell, Expr, as_expr, cos, equal, length, maximum, minimum, sin, where


@dataclass(frozen=True)
class Rotary:
    """The angles: ``cos[t, a]`` and ``sin[t, a]``, where ``a`` runs over the channels that are turned."""

    cos: Tensor
    sin: Tensor
    adjacent: bool = False
    """Whether channels 0 and 1, 2 and 3, ... are pairs; else a channel is paired with one half a turn away."""


def rotary(
    m: Module, token: Axis, channel: Axis, *, parameters: dict[str, Any], context: int, adjacent: bool = False
) -> Rotary:
    """Declares ``frequency``, ``cos`` and ``sin`` in ``m``.

    ``parameters``: ``rope_parameters`` of a Transformers configuration, with ``rope_theta`` and
    ``rope_type``. ``channel``: the channels that are turned. Raises ``CheckpointError`` for types that are not
    in ``STRETCHED``.
    """
    t, a = token, channel
    kind = parameters.get("rope_type", "default")
    if kind not in STRETCHED:
        raise CheckpointError(
            f"config.json: rope_type {kind!r} is not supported; supported: {', '.join(sorted(STRETCHED))}"
        )
    if a.size % 2:
        raise CheckpointError(
            f"config.json: rotary embedding needs an even number of channels, got {a.size} (head_dim, "
            "times partial_rotary_factor if there is one)"
        )
    theta = _number(parameters, "rope_theta", 10000.0)
    pair: Expr = a // 2 if adjacent else a % (a.size // 2)
    described: Described = {
        "label": "frequency",
        "latex": r"\omega",
        "about": "How far a pair turns from one token to the next.",
    }
    plain: Expr = theta ** (-(2 * pair) / a.size)
    if kind in ("default", "dynamic"):
        frequency = m.statistic("frequency", [a], plain, **described)
    else:
        original = m.statistic(
            "frequency_original",
            [a],
            plain,
            label="original frequency",
            latex=r"\omega^{0}",
            about="How far a pair turns from one token to the next, before it is stretched for a longer context.",
        )
        if kind == "longrope":
            stretched: Expr = original[a] / _divisors(m, t, a, pair, parameters, context)[a]
        else:
            stretched = STRETCHED[kind](original[a], pair, a.size, theta, parameters, context)
        frequency = m.statistic("frequency", [a], stretched, **described)
    factor = {"yarn": attention_factor, "longrope": _long_attention_factor}.get(kind, lambda *_: 1.0)(
        parameters, context
    )
    made = [
        m.statistic(
            name,
            [t, a],
            function(t * frequency[a]) * factor if factor != 1.0 else function(t * frequency[a]),
            label=label,
            latex=rf"\{name}",
            about=f"The {label} of the angle by which a pair is turned at this position"
            + (f", times {factor:.4g}." if factor != 1.0 else "."),
        )
        for name, label, function in (("cos", "cosine", cos), ("sin", "sine", sin))
    ]
    return Rotary(made[0], made[1], adjacent)


def rotate(m: Module, name: str, x: Tensor, by: Rotary, *, label: str) -> Tensor:
    """``x[t, ..., a]`` with each pair of channels turned; channels beyond those of ``by`` stay as they are."""
    t, *others, a = x.axes
    n = by.cos.axes[1].size

    def cell(channel: Expr) -> Cell:
        return x[(t, *others, channel)]

    if by.adjacent:
        partner = where(equal(a % 2, 0), -cell(a + 1), cell(a - 1))
    else:
        partner = where(a < n // 2, -cell(a + n // 2), cell(a - n // 2))
    turned: Expr = cell(a) * by.cos[t, a] + partner * by.sin[t, a]
    return m.activation(
        name,
        x.axes,
        turned if n == a.size else where(a < n, turned, cell(a)),
        label=label,
        about="Pairs of channels turned by an angle that grows with the position, so that products feel distance.",
    )


def attention_factor(parameters: dict[str, Any], context: int) -> float:
    """What YaRN multiplies cosines and sines with (Peng et al. 2023, arXiv:2309.00071, section 3.4)."""
    if parameters.get("attention_factor") is not None:
        return _number(parameters, "attention_factor", 1.0)
    factor, _ = _yarn_factor(parameters, context)
    one, all_channels = parameters.get("mscale"), parameters.get("mscale_all_dim")
    if one and all_channels:
        return yarn_scale(factor, one) / yarn_scale(factor, all_channels)
    return yarn_scale(factor, 1.0)


def _long_attention_factor(parameters: dict[str, Any], context: int) -> float:
    """The same in LongRoPE (Ding et al. 2024, arXiv:2402.13753)."""
    if parameters.get("attention_factor") is not None:
        return _number(parameters, "attention_factor", 1.0)
    factor, old = _yarn_factor(parameters, context)
    return math.sqrt(1 + math.log(factor) / math.log(old)) if factor > 1 else 1.0


def yarn_scale(factor: float, weight: float) -> float:
    """``0.1 * weight * ln(factor) + 1``, the temperature of YaRN; 1 when nothing is stretched."""
    return 1.0 if factor <= 1 else 0.1 * weight * math.log(factor) + 1.0


# ---- frequencies for a longer context: (frequency, pair, channels, theta, parameters, context) -> frequency ----


def _linear(f: Expr, pair: Expr, n: int, theta: float, parameters: dict[str, Any], context: int) -> Expr:
    """All frequencies divided by a factor (Chen et al. 2023, arXiv:2306.15595)."""
    return f / _number(parameters, "factor", None)


def _llama3(f: Expr, pair: Expr, n: int, theta: float, parameters: dict[str, Any], context: int) -> Expr:
    """High frequencies stay, low ones are divided by a factor, between them it is blended (Llama 3.1)."""
    factor = _number(parameters, "factor", None)
    low, high = _number(parameters, "low_freq_factor", None), _number(parameters, "high_freq_factor", None)
    old = _number(parameters, "original_max_position_embeddings", context)
    wavelength = 2 * math.pi / f
    blend = (old / wavelength - low) / (high - low)
    between = (1.0 - blend) * f / factor + blend * f
    return where(wavelength < old / high, f, where(wavelength > old / low, f / factor, between))


def _yarn(f: Expr, pair: Expr, n: int, theta: float, parameters: dict[str, Any], context: int) -> Expr:
    """Pairs that turn often stay, those that turn seldom are divided by a factor, with a ramp between (YaRN)."""
    factor, old = _yarn_factor(parameters, context)

    def pair_that_turns(times: float) -> float:
        return n * math.log(old / (times * 2 * math.pi)) / (2 * math.log(theta))

    low = pair_that_turns(_number(parameters, "beta_fast", None) if parameters.get("beta_fast") else 32.0)
    high = pair_that_turns(_number(parameters, "beta_slow", None) if parameters.get("beta_slow") else 1.0)
    if parameters.get("truncate", True):
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, n - 1)
    if low == high:
        high += 0.001
    ramp = minimum(maximum((pair - float(low)) / (high - low), 0.0), 1.0)
    return f / factor * ramp + f * (1.0 - ramp)


def _yarn_factor(parameters: dict[str, Any], context: int) -> tuple[float, float]:
    """The factor and the original context."""
    old = _number(parameters, "original_max_position_embeddings", context)
    return _number(parameters, "factor", context / old), old


def _divisors(m: Module, token: Axis, channel: Axis, pair: Expr, parameters: dict[str, Any], context: int) -> Tensor:
    """``divisor[a]``: a number for each pair, found by search, and others once a prompt is longer than the original
    context (LongRoPE)."""
    old = int(_number(parameters, "original_max_position_embeddings", context))
    short, long = (_listed(_numbers(parameters, f"{key}_factor", channel.size // 2), pair) for key in ("short", "long"))
    return m.statistic(
        "divisor",
        [channel],
        short if old >= context else where(length(token) > old, long, short),
        label="divisor",
        latex=r"\lambda",
        about=f"What a pair's frequency is divided by; prompts of more than {old:,} tokens have others.",
    )


def _numbers(parameters: dict[str, Any], key: str, count: int) -> list[float]:
    """A list of so many numbers above zero."""
    value = parameters.get(key)
    if isinstance(value, list) and len(value) == count and all(type(x) in (int, float) and x > 0 for x in value):
        return [float(x) for x in value]
    found = f"{len(value)} entries" if isinstance(value, list) else repr(value)
    raise CheckpointError(
        f"config.json: rope_parameters.{key} has {found}; expected {count} numbers above zero, one for each pair of "
        "channels"
    )


def _listed(numbers: list[float], place: Expr, first: int = 0) -> Expr:
    """The number at a place of a list, found by halving."""
    if len(set(numbers)) == 1:
        return as_expr(numbers[0])
    half = len(numbers) // 2
    return where(
        place < first + half, _listed(numbers[:half], place, first), _listed(numbers[half:], place, first + half)
    )


STRETCHED: dict[str, Any] = {
    "default": None, "dynamic": None, "linear": _linear, "llama3": _llama3, "longrope": _divisors, "yarn": _yarn
}  # fmt: skip
"""How each ``rope_type`` stretches the frequencies. ``dynamic`` does so beyond the context only."""


def _number(parameters: dict[str, Any], key: str, default: float | None) -> float:
    value = parameters.get(key)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise CheckpointError(
            f"config.json: rope_parameters.{key} = {value!r} is not supported; expected a number above zero"
        )
    return float(value)

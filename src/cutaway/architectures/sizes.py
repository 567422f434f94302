"""Sizes and axes of a decoder, read from ``config.json``.

They have the same names in nearly all configurations of Transformers; a family gives its defaults, which hold
when a key is absent. A key that is null means what it means in Transformers, usually "derived from others".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cutaway.architectures.config import integer, mapping, number, one_of, option
from cutaway.formula import Axis
from cutaway.parts import ACTIVATIONS, Experts, Heads

MOST_LAYERS = 4096
"""Many times what any model has; a number beyond is a slip, and would take minutes and all memory."""


class Sizes:
    """What a configuration says, each size read and checked when it is first asked for."""

    config: Mapping[str, Any]
    """The configuration, completed with the family's defaults."""
    names: Mapping[str, str]
    """What this family's configurations call what others call otherwise; both names are understood."""

    def key(self, usual: str) -> str:
        """What this family calls a key."""
        return self.names.get(usual, usual)

    def size(self, key: str, default: int | None = None) -> int:
        """A positive whole number of the configuration; ``default`` if it is null or absent."""
        return integer(self.config, self.key(key), default)

    @cached_property
    def context(self) -> int:
        return self.size("max_position_embeddings")

    @cached_property
    def layers(self) -> int:
        layers = self.size("num_hidden_layers")
        if layers > MOST_LAYERS:  # each is made one by one
            raise option(self.key("num_hidden_layers"), layers, f"at most {MOST_LAYERS}")
        return layers

    @cached_property
    def t(self) -> Axis:
        """The tokens."""
        return Axis("t", "token", self.context, length_of="tokens")

    @cached_property
    def s(self) -> Axis:
        """The tokens that are attended to."""
        return Axis("s", "token", self.context, length_of="tokens")

    @cached_property
    def c(self) -> Axis:
        """The channels of the residual stream."""
        return Axis("c", "channel", self.size("hidden_size"))

    @cached_property
    def f(self) -> Axis:
        """The hidden units of the MLP."""
        return Axis("f", "feature", self.size("intermediate_size"))

    @cached_property
    def v(self) -> Axis:
        """The vocabulary."""
        return Axis("v", "vocabulary", self.size("vocab_size"))

    @cached_property
    def heads(self) -> Heads:
        """The axes of attention: ``h`` query heads and ``g`` key/value heads, of ``a`` channels each."""
        count = self.size("num_attention_heads")
        shared = self.size("num_key_value_heads", count)
        if count % shared:
            raise option("num_key_value_heads", shared, f"a divisor of num_attention_heads = {count}")
        if self.config.get("head_dim") is None and self.c.size % count:
            raise option("num_attention_heads", count, f"a divisor of hidden_size = {self.c.size}")
        a = Axis("a", "head channel", self.size("head_dim", self.c.size // count))
        return Heads(self.s, Axis("h", "head", count), Axis("g", "key/value head", shared), a)

    @cached_property
    def own_heads(self) -> Heads:
        """The axes of attention where each head has its own keys and values."""
        count = self.size("num_attention_heads")
        if self.c.size % count:
            raise option(
                self.key("num_attention_heads"), count, f"a divisor of {self.key('hidden_size')} = {self.c.size}"
            )
        h = Axis("h", "head", count)
        return Heads(self.s, h, h, Axis("a", "head channel", self.c.size // count))

    @cached_property
    def epsilon(self) -> float:
        """What norms add under the root."""
        return number(self.config, "rms_norm_eps", 1e-6)

    def activation(self, key: str = "hidden_act") -> str:
        """The name of the MLP's activation function."""
        return one_of(self.config, key, ACTIVATIONS)

    def window(self, key: str = "sliding_window") -> int | None:
        """How far back a token may look; none if that is not limited within the context."""
        if self.config.get(key) is None:
            return None
        window = self.size(key)
        return window if window < self.context else None

    def windows(self, types: Sequence[str]) -> list[int | None]:
        """How far each layer looks back: those of type ``sliding_attention`` as far as the window."""
        if "sliding_attention" in types and self.config.get("sliding_window") is None:
            raise option("sliding_window", None, "a number, as there are layers of type sliding_attention")
        return [self.window() if kind == "sliding_attention" else None for kind in types]

    def experts(self, key: str, *, feature: Axis) -> Experts:
        """The axes of a mixture of experts; ``key`` says how many there are, ``num_experts_per_tok`` how many work."""
        count, chosen = self.size(key), self.size("num_experts_per_tok")
        if chosen > count:
            raise option("num_experts_per_tok", chosen, f"at most {key} = {count}")
        return Experts.of(experts=count, chosen=chosen, feature=feature)

    @property
    def rope_parameters(self) -> dict[str, Any]:
        """The rotary parameters, however this configuration writes them: see ``rope_parameters``."""
        return rope_parameters(self.config)


def rope_parameters(config: Mapping[str, Any]) -> dict[str, Any]:
    """``rope_parameters``, or what older configurations write: ``rope_theta`` and ``rope_scaling`` beside it."""
    which = "rope_scaling" if config.get("rope_scaling") else "rope_parameters"
    given = dict(mapping(config, which))
    for key, value in given.items():
        if isinstance(value, dict):
            raise option(f"{which}.{key}", value, "a number; this family has the same angles in all layers")
    given.setdefault("rope_type", given.get("type") or "default")
    for key in ("rope_theta", "partial_rotary_factor"):
        if given.get(key) is None and config.get(key) is not None:
            given[key] = config[key]
    if config.get("original_max_position_embeddings") is not None and given["rope_type"] != "default":
        given["original_max_position_embeddings"] = config["original_max_position_embeddings"]
    return given


def layer_types(config: Mapping[str, Any], otherwise: Sequence[str]) -> list[str]:
    """``layer_types`` of the configuration, ``otherwise`` if it is absent; each full or sliding attention."""
    given = config.get("layer_types") or list(otherwise)
    if not isinstance(given, list):
        raise option("layer_types", given, "a list")
    if len(given) != len(otherwise):
        raise option("layer_types", f"{len(given)} entries", f"one for each of {len(otherwise)} layers")
    for kind in given:
        if kind not in ("full_attention", "sliding_attention"):
            raise option("layer_types", kind, "full_attention or sliding_attention")
    return list(given)

"""The frame that decoder families share: their sizes from ``config.json``, embedding, layers and head.

A family file fills the frame: it says what happens inside a layer, and what differs. Sizes have the same
names in nearly all configurations of Transformers; a family gives its defaults, which hold when a key is
absent. A key that is null means what it means in Transformers, usually "derived from others".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cutaway.architectures.config import flag, honour, integer, mapping, number, one_of, option
from cutaway.definition import Definition, Module, Predicts, Reference, Tensor
from cutaway.formula import Axis, Expr, Operand
from cutaway.parts import ACTIVATIONS, Experts, Heads, Rotary, linear, rotary, soft_capped, softmax

HEAD_APART = "head_stored_apart"
"""Beside the keys of a ``config.json``: the checkpoint has a head that is not the embedding table."""

MOST_LAYERS = 4096
"""Many times what any model has; a number beyond is a slip, and would take minutes and all memory."""


@dataclass
class Decoder:
    """A decoder under construction, its axes and its root module."""

    config: Mapping[str, Any]
    """The configuration, completed with the family's defaults."""
    family: str
    title: str
    names: Mapping[str, str] = field(default_factory=dict)
    """What this family's configurations call what others call otherwise; both names are understood."""
    causal: bool = True
    """Whether tokens read only themselves and those before them."""
    root: Module = field(init=False)

    def __post_init__(self) -> None:
        self.root = Module(label=self.config.get("name") or self.title, kind="model")
        given = {own: self.config[usual] for usual, own in self.names.items() if self.config.get(usual) is not None}
        self.config = {**self.config, **given}
        honour(self.config, {"per_layer_config": {}, "is_causal": self.causal})

    # ---- sizes ----

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

    # ---- the frame ----

    def embed(self, *, factor: float = 1.0, width: Axis | None = None) -> Tensor:
        """``tokens``, ``W_E`` and ``embed[t, c]``, the token's row times ``factor``."""
        t, c, v = self.t, self.c if width is None else width, self.v
        tokens = self.root.input("tokens", [t], label="tokens", about="The prompt, one whole number per token.")
        w_e = self.root.weight(
            "W_E", [v, c], label="token embedding", latex="W^{E}", about="One vector per entry of the vocabulary."
        )
        row: Expr = w_e[tokens[t], c]
        return self.root.activation(
            "embed",
            [t, c],
            row if factor == 1.0 else row * factor,
            label="embedded tokens",
            about="The row of each token's id" + ("." if factor == 1.0 else f", times {factor:g}."),
        )

    def embed_positions(self, *, skipped: int = 0) -> Tensor:
        """``W_pos`` and ``pos_embed[t, c]``, the row of each position; the first ``skipped`` rows are not used."""
        p = Axis("p", "position", self.context + skipped)
        w_pos = self.root.weight(
            "W_pos",
            [p, self.c],
            label="position embedding",
            latex=r"W^{\mathrm{pos}}",
            about="One vector per position.",
        )
        return self.root.activation(
            "pos_embed",
            [self.t, self.c],
            w_pos[self.t + skipped if skipped else self.t, self.c],
            label="embedded positions",
            about="The row of each position" + (f"; the first {skipped} rows are not used." if skipped else "."),
        )

    def rotary(
        self,
        parameters: Mapping[str, Any] | None = None,
        *,
        name: str = "rotary",
        label: str = "Rotary positions",
        adjacent: bool = False,
        partial: bool = False,
        channel: Axis | None = None,
        heads: Heads | None = None,
    ) -> Rotary:
        """The angles of rotary positions, shared by all layers; ``partial``: some of a head's channels may be left
        out."""
        given = dict(self.rope_parameters if parameters is None else parameters)
        if not partial:
            honour(given, {"partial_rotary_factor": 1.0})
        if channel is None:
            heads = heads or self.heads
            a = heads.channel
            share = number(given, "partial_rotary_factor", 1.0)
            turned = int(a.size * share)
            if turned < 2 or turned > a.size:
                expected = f"two of the {a.size} channels of a head at least, and not more than all"
                raise option("partial_rotary_factor", share, expected)
            channel = a if turned == a.size else Axis("r", "head channel", turned)
        part = self.root.module(name, label=label, kind="position")
        return rotary(part, self.t, channel, parameters=given, context=self.context, adjacent=adjacent)

    @property
    def rope_parameters(self) -> dict[str, Any]:
        """The rotary parameters, however this configuration writes them: see ``rope_parameters``."""
        return rope_parameters(self.config)

    def blocks(
        self,
        first: Operand,
        kinds: Sequence[Hashable] | None = None,
        *,
        stack: str = "blocks",
        layers: int | None = None,
        token: Axis | None = None,
        label: str = "Block",
    ) -> Iterator[tuple[Any, Module, Tensor]]:
        """``(kind, block, resid_pre)`` for every different kind of layer; ``kinds`` says which each layer is.

        ``first`` is what enters layer 0. The block must declare ``resid_post``, which enters the next layer.
        ``stack``: its name, where a model has several, with as many ``layers``, of ``token``.
        """
        count = self.layers if layers is None else layers
        of = list(kinds) if kinds is not None else [None] * count
        for kind in dict.fromkeys(of):
            block = self.root.stack(stack, layers=[i for i, k in enumerate(of) if k == kind], label=label)
            x = block.carry(
                "resid_pre",
                [self.t if token is None else token, self.c],
                first,
                last="resid_post",
                label="residual stream",
                about="What the layers read from and add to: one vector per token.",
            )
            yield kind, block, x

    @property
    def final(self) -> Reference:
        """The residual stream after the last layer."""
        return Reference(f"blocks.{self.layers - 1}.resid_post", (self.t, self.c))

    def predict(
        self,
        x: Tensor | Reference,
        *,
        cap: float | None = None,
        bias: bool = False,
        factor: float = 1.0,
        predicts: Predicts = "next",
    ) -> Definition:
        """``W_U``, ``logits`` and ``probs``, and with them the whole definition. ``factor`` multiplies the logits."""
        which = "token at this place" if predicts == "masked" else "next token"
        (t, c), v = x.axes, self.v
        tied = flag(self.config, "tie_word_embeddings", False) and not self.config.get(HEAD_APART)
        w_u = self.root.weight(
            "W_U",
            [c, v],
            label="unembedding",
            latex="W^{U}",
            about="One vector per entry of the vocabulary." + (" The token embedding, used again." if tied else ""),
            tied_to="W_E" if tied else None,
        )
        b_u = self.root.weight("b_U", [v], label="unembedding bias", latex="b^{U}") if bias else None
        score = linear(x[t, c], [c], w_u[c, v], b_u[v] if b_u else None)
        logits = self.root.activation(
            "logits",
            [t, v],
            soft_capped(score if factor == 1.0 else score * factor, cap),
            label="logits",
            about=f"A score for every possible {which}.",
        )
        about = f"The predicted chances of the {which}."
        softmax(self.root, logits, v, name="probs", label="probabilities", about=about)
        name = self.config.get("name") or self.family
        return Definition(name, self.family, self.root, self.context, predicts=predicts)


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

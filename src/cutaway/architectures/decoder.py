"""The frame that decoder families share: embedding, layers and head.

A family file fills the frame: it says what happens inside a layer, and what differs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cutaway.architectures.config import flag, honour, number, option
from cutaway.architectures.sizes import Sizes
from cutaway.definition import Definition, Module, Predicts, Reference, Tensor
from cutaway.formula import Axis, Expr, Operand
from cutaway.parts import Heads, Rotary, linear, rotary, soft_capped, softmax

HEAD_APART = "head_stored_apart"
"""Beside the keys of a ``config.json``: the checkpoint has a head that is not the embedding table."""


@dataclass
class Decoder(Sizes):
    """A decoder under construction: its sizes and axes, and its root module."""

    config: Mapping[str, Any]
    family: str
    title: str
    names: Mapping[str, str] = field(default_factory=dict)
    causal: bool = True
    """Whether tokens read only themselves and those before them."""
    root: Module = field(init=False)

    def __post_init__(self) -> None:
        self.root = Module(label=self.config.get("name") or self.title, kind="model")
        given = {own: self.config[usual] for usual, own in self.names.items() if self.config.get(usual) is not None}
        self.config = {**self.config, **given}
        honour(self.config, {"per_layer_config": {}, "is_causal": self.causal})

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

"""Kinds of axes: what a position along an axis means.

A kind has one letter and one colour wherever it appears: rulers in the scene, indices in formulas,
cards and text. ``colour`` is a position in the client's categorical palette.
"""

from __future__ import annotations

from cutaway.wire import AxisKind

KINDS: dict[str, AxisKind] = {
    kind.name: kind
    for kind in (
        AxisKind("token", "T", "token", 0),
        AxisKind("channel", "C", "channel of the residual stream", 1),
        AxisKind("head", "H", "attention head", 2),
        AxisKind("head channel", "A", "channel within a head", 3),
        AxisKind("feature", "F", "hidden unit of the MLP", 4),
        AxisKind("vocabulary", "V", "entry of the vocabulary", 5),
        AxisKind("position", "P", "position in the context", 6),
        AxisKind("expert", "E", "expert", 7),
        AxisKind("key/value head", "G", "key/value head, shared by attention heads", 2),
        AxisKind("choice", "K", "place among the chosen experts", 7),
        AxisKind("expert group", "B", "group of experts", 7),
        AxisKind("segment", "S", "segment of the prompt", 6),
        AxisKind("output token", "U", "token of the decoder", 7),
        AxisKind("bucket", "D", "group of distances between tokens", 6),
        AxisKind("latent", "L", "channel of a compressed vector", 4),
    )
}

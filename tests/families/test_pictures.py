"""The picture of every family and preset: ribbons lead past boxes, and parts stand in the order they are computed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

import cutaway
from cutaway import wire
from cutaway.architectures import FAMILIES
from cutaway.definition import Definition, resolve
from cutaway.layout import scene_of
from cutaway.load import presets
from families.cases import Case
from families.configurations import CASES

LAYERS = 3
"""Of deep models, so many from the first are looked at."""
Rectangle = tuple[float, float, float, float]


def define(case: Case) -> Definition:
    return FAMILIES[case.family].define(case.changes)


class Picture:
    """Boxes and ribbons where they are, seen from the front."""

    def __init__(self, definition: Definition) -> None:
        self.scene = scene_of(definition)
        self.size = {a.name: a.size for a in definition.axes}
        self.layers: dict[str, set[int]] = {}
        for t in definition.root.declared():
            self.layers.setdefault(t.name, set()).update(t.layers)
        self.boxes = {name: rectangle for b in self.scene.boxes for name, rectangle in self._placed(b)}

    def offset(self, name: str, layer: int | None) -> wire.Point:
        return wire.Point(0, 0, 0) if layer is None else self.scene.offsets[name.split(".")[0]][layer]

    def _placed(self, b: wire.Box) -> Iterator[tuple[str, Rectangle]]:
        width, height = (1 if axis is None else self.size[axis] for axis in (b.columns, b.rows))
        for layer in b.layers or sorted(self.layers[b.tensor]) or [None]:
            if layer is None or layer < LAYERS:
                o = self.offset(b.tensor, layer)
                yield resolve(b.tensor, layer), (b.x + o.x, b.y + o.y, b.x + o.x + width, b.y + o.y + height)

    def ribbons(self) -> Iterator[tuple[wire.Ribbon, str, str, list[tuple[float, float]]]]:
        for r in self.scene.ribbons:
            for layer in [i for i in r.layers if i < LAYERS] if r.layers else [None]:
                o = self.offset(r.target if "*" in r.target else r.source, layer)
                points = [(x + o.x, y + o.y) for x, y, _ in r.points]
                yield r, resolve(r.source, layer), resolve(r.target, layer), points


def covers(points: list[tuple[float, float]], width: float, box: Rectangle) -> bool:
    """Whether a ribbon of that width covers some of a box."""
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = (width / 2, 0.0) if abs(bx - ax) < abs(by - ay) else (0.0, width / 2)
        x0, x1, y0, y1 = min(ax, bx) - dx, max(ax, bx) + dx, min(ay, by) - dy, max(ay, by) + dy
        if x0 < box[2] - 0.5 and x1 > box[0] + 0.5 and y0 < box[3] - 0.5 and y1 > box[1] + 0.5:
            return True
    return False


def expect_free_ribbons(definition: Definition) -> None:
    picture = Picture(definition)
    # a bias or a mean is one cell thin and stands right beside what it belongs to
    solid = {n: b for n, b in picture.boxes.items() if min(b[2] - b[0], b[3] - b[1]) > 1}
    covered = [
        f"{source} -> {target} covers {name}"
        for ribbon, source, target, points in picture.ribbons()
        for name, box in solid.items()
        if covers(points, ribbon.width, box)
    ]
    assert not covered


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_ribbons_lead_past_all_boxes(case: Case) -> None:
    expect_free_ribbons(define(case))


@pytest.mark.parametrize("name", presets())
def test_ribbons_of_presets_lead_past_all_boxes(name: str) -> None:
    expect_free_ribbons(cutaway.load(name).definition)


@pytest.mark.parametrize("width", [22, 96], ids=["flat", "tall"])
def test_both_branches_of_a_gate_meet_in_their_product(width: int) -> None:
    case = next(c for c in CASES if c.id == "llama: grouped heads")
    picture = Picture(FAMILIES["llama"].define({**case.changes, "intermediate_size": width}))
    gate, value, product = (picture.boxes[f"blocks.0.mlp.{n}"] for n in ("pre", "pre_linear", "post"))
    if width == 22:
        assert gate[3] < product[1], "the gate stands above"
        assert gate[0] == product[0]
        assert product[2] < value[0], "the other branch stands beside"
    else:
        assert value[2] < product[0]
        assert product[2] < gate[0], "the product stands between its two branches"
    assert value[1] == product[1]


@pytest.mark.parametrize(
    "case", [c for c in CASES if "expert" in c.about or c.family == "deepseek_v3"], ids=lambda c: c.id
)
def test_experts_are_chosen_above_where_they_compute(case: Case) -> None:
    boxes = Picture(define(case)).boxes
    layer = next(n for n in boxes if n.endswith("router_logits")).split(".")[1]
    steps = ["ln2.normalized", "mlp.router_logits", "mlp.expert_rank", "mlp.expert_indices", "mlp.experts.pre"]
    placed = [boxes[f"blocks.{layer}.{step}"] for step in steps]
    assert len({b[0] for b in placed}) == 1, "one below the other"
    for upper, lower in pairwise(placed):
        assert upper[3] < lower[1]


def test_a_bias_of_experts_stands_in_their_slabs() -> None:
    case = next(c for c in CASES if c.family == "gpt_oss")
    placed = {b.tensor: b for b in scene_of(define(case)).boxes}
    for weight, bias in (("W_gate", "b_gate"), ("W_in", "b_in"), ("W_out", "b_out")):
        w, b = (placed[f"blocks.*.mlp.experts.{n}"] for n in (weight, bias))
        assert (b.depth, b.rows, b.columns, b.pitch) == (w.depth, w.rows, None, w.pitch)


def test_keys_lie_transposed_all_the_way() -> None:
    case = next(c for c in CASES if c.id == "qwen3: norm of each head")
    placed = {b.tensor: b for b in scene_of(define(case)).boxes}
    for name in ("k", "k_norm.normalized", "rot_k"):
        b = placed[f"blocks.*.attn.{name}"]
        assert (b.columns, b.rows, b.y) == ("a", "s", placed["blocks.*.attn.attn_scores"].y), name


def test_a_shared_expert_stands_beside_the_chosen_ones() -> None:
    case = next(c for c in CASES if c.id == "deepseek_v3: latent attention, groups, dense first")
    boxes = Picture(define(case)).boxes
    steps = [boxes[f"blocks.1.mlp.shared.{n}"] for n in ("pre", "post", "out")]
    assert len({b[0] for b in steps}) == 1, "one below the other"
    assert steps[0][3] < steps[1][1] < steps[1][3] < steps[2][1]
    assert steps[2][1] == boxes["blocks.1.mlp_out"][1], "it ends beside what both are added to"

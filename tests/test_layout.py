"""The picture: nothing overlaps, nothing is missing, and what meets in a product is seen to meet."""

from __future__ import annotations

from itertools import combinations

import pytest

from cutaway import wire
from cutaway.architectures import FAMILIES, gpt2
from cutaway.definition import Definition, Module, resolve
from cutaway.formula import Axis, Sum
from cutaway.layout import scene_of
from cutaway.layout.anatomy import Side, main_operand, natural, operands

CONFIGS = {
    "nano": {"n_embd": 48, "n_head": 3, "n_layer": 3, "n_positions": 11, "vocab_size": 3, "tie_word_embeddings": False},
    "one layer, one head": {"n_embd": 8, "n_head": 1, "n_layer": 1, "n_positions": 4, "vocab_size": 5},
    "odd sizes": {"n_embd": 35, "n_head": 5, "n_layer": 7, "n_positions": 19, "vocab_size": 13, "n_inner": 17},
    "long context": {"n_embd": 16, "n_head": 2, "n_layer": 2, "n_positions": 300, "vocab_size": 9},
    "wide": {"n_embd": 256, "n_head": 4, "n_layer": 4, "n_positions": 6, "vocab_size": 2},
    "gpt2": {},
    "gpt3": {"n_embd": 12288, "n_head": 96, "n_layer": 96, "n_positions": 2048},
}


@pytest.fixture(params=list(CONFIGS.values()), ids=list(CONFIGS))
def definition(request: pytest.FixtureRequest) -> Definition:
    return gpt2.define(request.param)


Box = tuple[str, float, float, float, float, float, float]


def boxes(definition: Definition, *, layers: int | None = None) -> dict[str, Box]:
    """Full name to (name, x0, y0, z0, x1, y1, z1) of every box, layers placed."""
    scene, size = scene_of(definition), {a.name: a.size for a in definition.axes}

    def length(name: str | None) -> int:
        return 1 if name is None else size[name]

    found = {}
    for b in scene.boxes:
        stack = b.tensor.split(".*")[0]
        offsets = scene.offsets[stack] if "*" in b.tensor else [wire.Point(0, 0, 0)]
        for i, o in enumerate(offsets[:layers]):
            name = resolve(b.tensor, i)
            x, y, z = b.x + o.x, b.y + o.y, b.z + o.z
            depth = (length(b.depth) - 1) * b.pitch + 1
            found[name] = (name, x, y, z, x + length(b.columns), y + length(b.rows), z + depth)
    return found


def test_no_two_boxes_overlap(definition: Definition) -> None:
    placed = sorted(
        boxes(definition, layers=8 if len(definition.tensors) > 1000 else None).values(), key=lambda b: b[1]
    )
    for (a, *first), (b, *second) in combinations(placed, 2):
        apart = any(first[k + 3] <= second[k] or second[k + 3] <= first[k] for k in range(3))
        assert apart, f"{a} and {b} overlap"


def test_every_tensor_has_a_box_of_its_size(definition: Definition) -> None:
    placed = boxes(definition)
    assert set(placed) == set(definition.tensors)
    for name, (_, x0, y0, _, x1, y1, _) in placed.items():
        t = definition.tensors[name]
        front = [a.size for a in t.axes if a.kind != "head"]
        across = 1
        for n in front:
            across *= n
        assert (x1 - x0) * (y1 - y0) == across, name


def test_stream_runs_straight_down(definition: Definition) -> None:
    placed = boxes(definition)
    for i in range(len([n for n in placed if n.endswith(".resid_mid")])):
        stations = [placed[f"blocks.{i}.{n}"] for n in ("resid_pre", "resid_mid", "resid_post")]
        assert len({s[1] for s in stations}) == 1
        assert stations[0][5] < stations[1][2] < stations[1][5] < stations[2][2]


@pytest.mark.parametrize(
    ("result", "left", "top"),
    [
        ("attn.q", "attn.W_Q", "ln1.normalized"),
        ("attn.attn_scores", "attn.k", "attn.q"),
        ("attn.z", "attn.v", "attn.pattern"),
        ("attn_out", "attn.W_O", "attn.z"),
        ("mlp_out", "mlp.W_out", "mlp.post"),
    ],
)
def test_row_and_column_of_a_product_meet(definition: Definition, result: str, left: str, top: str) -> None:
    placed = boxes(definition)
    out, across, down = (placed[f"blocks.0.{n}"] for n in (result, left, top))
    assert (across[2], across[5]) == (out[2], out[5]), "the left operand shares the result's rows"
    assert (down[1], down[4]) == (out[1], out[4]), "the top operand shares the result's columns"
    assert down[5] <= out[2], "the top operand is above"
    beside = across[1] >= out[4] if result == "mlp_out" else across[4] <= out[1]  # the MLP hangs mirrored
    assert beside, "the left operand is to the left, in a mirrored sublayer to the right"


def test_heads_line_up_in_depth() -> None:
    scene = scene_of(gpt2.define(CONFIGS["nano"]))
    pitches = {b.pitch for b in scene.boxes if b.depth is not None}
    assert len(pitches) == 1
    flat = {b.tensor for b in scene.boxes if b.tensor.startswith("blocks.*.attn.") and b.depth is None}
    assert flat == {"blocks.*.attn.b_O"}


def test_work_grows_with_different_blocks_only() -> None:
    few, many = scene_of(gpt2.define({"n_layer": 2})), scene_of(gpt2.define({"n_layer": 96}))
    assert len(few.boxes) == len(many.boxes)
    assert len(many.offsets["blocks"]) == 96
    assert len([r for r in many.ribbons if r.layers]) == len([r for r in few.ribbons if r.layers])


def test_ribbons_touch_what_they_join(definition: Definition) -> None:
    placed, scene = boxes(definition), scene_of(definition)

    def touches(point: tuple[float, float, float], box: Box) -> bool:
        return box[1] - 1 <= point[0] <= box[4] + 1 and box[2] - 1 <= point[1] <= box[5] + 1

    assert scene.ribbons
    for r in scene.ribbons:
        layer = r.layers[0] if r.layers else None
        assert layer in (None, 0)
        source, target = (placed[resolve(n, layer)] for n in (r.source, r.target))
        assert touches(r.points[0], source), (r.source, r.target)
        assert touches(r.points[-1], target), (r.source, r.target)
        assert r.width > 0


def test_frames_hold_their_boxes() -> None:
    scene = scene_of(gpt2.define(CONFIGS["nano"]))
    frames = {f.module: f for f in scene.frames}
    assert {"blocks.*", "blocks.*.attn", "blocks.*.mlp", "blocks.*.ln1", "ln_final"} <= set(frames)
    for b in scene.boxes:
        for path, f in frames.items():
            if b.tensor.startswith(path + "."):
                assert f.x <= b.x < f.x + f.width
                assert f.y <= b.y < f.y + f.height


def test_a_formula_no_rule_was_written_for_still_gets_a_place() -> None:
    """Two inputs, an outer product and an orphan weight, without layers."""
    i, j = Axis("i", "token", 4, length_of="tokens"), Axis("j", "channel", 3)
    root = Module(label="odd", kind="model")
    x = root.input("x", [i])
    w = root.weight("w", [j])
    lonely = root.weight("lonely", [j])
    y = root.activation("y", [i, j], x[i] * w[j])
    root.activation("z", [i], Sum(j, y[i, j] * lonely[j]))
    scene = scene_of(Definition("odd", "odd", root, 4, tokens="x"))
    assert {b.tensor for b in scene.boxes} == {"x", "w", "lonely", "y", "z"}


def test_operands_are_seen_from_the_result() -> None:
    t, c, f = Axis("t", "token", 5, length_of="tokens"), Axis("c", "channel", 4), Axis("f", "feature", 6)
    root = Module(label="m", kind="model")
    x, w, b = root.activation("x", [t, c], 1), root.weight("w", [c, f]), root.weight("b", [f])
    y = root.activation("y", [t, f], Sum(c, x[t, c] * w[c, f]) + b[f])
    found = {o.name: o for o in operands(y, natural(y.axes))}
    assert {n: o.side for n, o in found.items()} == {"x": Side.TOP, "w": Side.LEFT, "b": Side.LEFT}
    assert found["b"].strip
    assert not found["w"].strip
    assert (found["w"].orientation.columns, found["w"].orientation.rows) == (c, f)
    assert main_operand(list(found.values())) is found["x"]


def test_a_norm_that_all_that_follows_reads_is_a_station_of_the_stream() -> None:
    """Norms after attention and MLP, as in BERT: the stream runs straight down through them, to the head."""
    definition = FAMILIES["bert"].define({"num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 2})
    scene = scene_of(definition)
    box = {b.tensor: b for b in scene.boxes}
    stations = ["resid_pre", "resid_mid", "ln1.normalized", "resid_total", "resid_post"]
    stream = [box[f"blocks.*.{name}"] for name in stations]
    assert {b.x for b in stream} == {0}
    assert [b.y for b in stream] == sorted({b.y for b in stream})
    last = scene.offsets["blocks"][-1]
    assert box["mlm_head.pre"].y > stream[-1].y + last.y

"""Ribbons: flat bands from a box to the box that is computed from it, led past all others.

A ribbon is the first of some simple ways, straight ones before those with corners, that passes through no
box. Boxes one cell thin, such as biases, do not count: they stand right beside what they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from cutaway.layout.place import Placed

Path = list[tuple[float, float, float]]
Flat = list[tuple[float, float]]

FRONT = 0.5
"""Depth of a ribbon in the middle of a front slab, for neighbours."""
BEHIND = 2.0
"""Depth of a ribbon that passes behind the front slabs."""
SHARE = 0.5
"""Width of a ribbon between two boxes that face each other, of what they share; its head is nearly as wide as that."""


def route(
    source: Placed, target: Placed, *, gap: float, among: Iterable[Placed] = (), over: float | None = None
) -> tuple[Path, float]:
    """The polyline of a ribbon and its width, in cells; ``among``: the boxes that it is led past; ``over``: a
    height above everything, where the last resort is.

    Where every way passes through a box, the one that passes through fewest.
    """
    solid = [b for b in among if min(b.width, b.height) > 1]
    found: list[tuple[int, Flat, float]] = []
    for way, width in _ways(source, target, gap, over):
        hits = sum(passes_through(way, width, b) for b in solid)
        found.append((hits, way, width))
        if not hits:
            break
    _, way, width = min(found, key=lambda f: f[0])
    depth = FRONT if len(way) == 2 else BEHIND
    return [(x, y, depth) for x, y in way], width


def passes_through(way: Flat, width: float, box: Placed) -> bool:
    """Whether a ribbon covers some of a box, seen from the front; touching its border does not count."""
    inner = 0.5
    left, right, top, bottom = box.x + inner, box.right - inner, box.y + inner, box.bottom - inner
    for (ax, ay), (bx, by) in pairwise(way):
        (x0, x1), (y0, y1) = (ax, bx) if ax < bx else (bx, ax), (ay, by) if ay < by else (by, ay)
        if x1 - x0 < y1 - y0:
            x0, x1 = x0 - width / 2, x1 + width / 2
        else:
            y0, y1 = y0 - width / 2, y1 + width / 2
        if x0 < right and x1 > left and y0 < bottom and y1 > top:
            return True
    return False


def _ways(a: Placed, b: Placed, gap: float, over: float | None) -> Iterator[tuple[Flat, float]]:
    """The ways from ``a`` to ``b`` and their widths, the simplest first."""
    x0, x1 = max(a.x, b.x), min(a.right, b.right)
    y0, y1 = max(a.y, b.y), min(a.bottom, b.bottom)
    if x1 > x0 and y1 <= y0:  # one above the other
        down = a.bottom <= b.y
        x = (x0 + x1) / 2
        yield [(x, a.bottom if down else a.y), (x, b.y if down else b.bottom)], (x1 - x0) * SHARE
    elif y1 > y0:  # side by side
        left = a.x >= b.right
        y = (y0 + y1) / 2
        yield [(a.x if left else a.right, y), (b.right if left else b.x, y)], min((y1 - y0) * 0.6, gap)
    yield from ((way, gap / 4) for way in _around(a, b, gap))
    if over is not None:
        acx, bcx = a.x + a.width / 2, b.x + b.width / 2
        yield [(acx, a.y), (acx, over), (bcx, over), (bcx, b.y)], gap / 4


def _around(a: Placed, b: Placed, gap: float) -> Iterator[Flat]:
    """Ways with corners, all within the reach of both boxes and half a gap around them."""
    acx, bcx, bcy = a.x + a.width / 2, b.x + b.width / 2, b.y + b.height / 2
    half = gap / 2
    low = a.bottom - min(half, a.height / 2)
    high = a.y + min(half, a.height / 2)
    below = b.y > a.y
    leave, enter = (low, b.y) if below else (high, b.bottom)
    edge, out = (a.x, -half) if bcx < acx else (a.right, half)
    facing = b.right if bcx < acx else b.x
    # out of the side, then into the top or the bottom
    if (bcx < a.x or bcx > a.right) and not b.y <= leave <= b.bottom:
        yield [(edge, leave), (bcx, leave), (bcx, enter)]
    # out of the side, down the gutter beside it, into the side that faces
    if (facing < a.x) if bcx < acx else (facing > a.right):
        yield [(edge, leave), (edge + out, leave), (edge + out, bcy), (facing, bcy)]
    # out of one side and into the same side
    for side, first, last in (
        (min(a.x, b.x) - half, a.x, b.x),
        (max(a.right, b.right) + half, a.right, b.right),
    ):
        yield [(first, leave), (side, leave), (side, bcy), (last, bcy)]
    # down the gutter, along below or above the target, into its bottom or its top
    for side in (edge + out, (a.right if edge == a.x else a.x) - out):
        first = a.x if side < a.x else a.right
        for turn, end in ((b.bottom + half, b.bottom), (b.y - half, b.y)):
            yield [(first, leave), (side, leave), (side, turn), (bcx, turn), (bcx, end)]
    # down the gutter beside the target
    near = facing - out
    if (near < a.x) if bcx < acx else (near > a.right):
        yield [(edge, leave), (near, leave), (near, bcy), (facing, bcy)]
    # out of the bottom or the top, along, up or down the gutter beside the target
    for start, turn in ((a.bottom, max(a.bottom, b.bottom) + half), (a.y, min(a.y, b.y) - half)):
        yield [(acx, start), (acx, turn), (near, turn), (near, bcy), (facing, bcy)]
        yield [(acx, start), (acx, turn), (bcx, turn), (bcx, b.bottom if turn > b.bottom else b.y)]


def descend(source: Placed, target: Placed, *, gap: float) -> tuple[Path, float]:
    """From below ``source`` across to above ``target``, which stands lower."""
    x0, x1, middle = source.x + source.width / 2, target.x + target.width / 2, target.y - gap / 2
    return [(x0, source.bottom, FRONT), (x0, middle, FRONT), (x1, middle, FRONT), (x1, target.y, FRONT)], gap / 4


def next_column(
    source: Placed, target: Placed, *, foot: float, head: float, gutter: float, width: float
) -> tuple[Path, float]:
    """From the foot of one column of layers, up at ``gutter`` between the two, to the head of the next."""
    x0, x1 = source.x + source.width / 2, target.x + target.width / 2
    points = [(x0, source.bottom), (x0, foot), (gutter, foot), (gutter, head), (x1, head), (x1, target.y)]
    return [(x, y, FRONT) for x, y in points], width


def across(
    source: Placed, target: Placed, *, under: float, out: float, over: float, gutter: float, among: Iterable[Placed]
) -> Path:
    """From the end of one stack of layers to a box in another: below the one, up at ``out`` between the two, along
    above the other, and down the gutter beside the box; ``among``: the boxes of the layer that it enters."""
    x, y = source.x + source.width / 2, target.y + target.height / 2
    side, middle = target.x if gutter <= target.x else target.right, target.x + target.width / 2
    room = abs(gutter - side) / 4
    solid = [b for b in among if min(b.width, b.height) > 1]
    ends: list[Flat] = [
        [(gutter, y), (side, y)],
        *([(gutter, turn), (middle, turn), (middle, end)] for turn, end in _past(target, min(room, target.height))),
    ]
    last = min(ends, key=lambda end: sum(passes_through([(gutter, over), *end], 0, b) for b in solid))
    ways = [(x, source.bottom), (x, under), (out, under), (out, over), (gutter, over), *last]
    return [(px, py, BEHIND) for px, py in ways]


def _past(box: Placed, room: float) -> list[tuple[float, float]]:
    """Heights to turn at, and where a box is entered from there: from below, from above."""
    return [(box.bottom + room, box.bottom), (box.y - room, box.y)]

"""Ribbons: flat bands from a box to the box that is computed from it, routed by where the two stand."""

from __future__ import annotations

from cutaway.layout.place import Placed

Path = list[tuple[float, float, float]]

FRONT = 0.5
"""Depth of a ribbon in the middle of a front slab, for neighbours."""
BEHIND = 2.0
"""Depth of a ribbon that passes behind other boxes."""


def route(source: Placed, target: Placed, *, gap: float) -> tuple[Path, float]:
    """The polyline of a ribbon and its width, in cells."""
    x0, x1 = max(source.x, target.x), min(source.right, target.right)
    y0, y1 = max(source.y, target.y), min(source.bottom, target.bottom)
    if x1 > x0:  # one above the other
        down = source.bottom <= target.y
        x = (x0 + x1) / 2
        ends = (source.bottom, target.y) if down else (source.y, target.bottom)
        return [(x, ends[0], FRONT), (x, ends[1], FRONT)], (x1 - x0) * 0.7
    if y1 > y0:  # side by side
        leftwards = source.x >= target.right
        y = (y0 + y1) / 2
        ends = (source.x, target.right) if leftwards else (source.right, target.x)
        return [(ends[0], y, FRONT), (ends[1], y, FRONT)], min((y1 - y0) * 0.6, gap)
    return _elbow(source, target, gap=gap)


def _elbow(source: Placed, target: Placed, *, gap: float) -> tuple[Path, float]:
    """Out of the side of ``source`` that faces ``target``, down the gutter beside it, into the side of ``target``."""
    leftwards = source.x >= target.right
    edge, gutter = (source.x, source.x - gap / 2) if leftwards else (source.right, source.right + gap / 2)
    start = source.bottom - min(gap / 2, source.height / 2)
    if target.y < source.y:
        start = source.y + min(gap / 2, source.height / 2)
    end = target.y + target.height / 2
    side = target.right if leftwards else target.x
    return [(edge, start, BEHIND), (gutter, start, BEHIND), (gutter, end, BEHIND), (side, end, BEHIND)], gap / 4


def descend(source: Placed, target: Placed, *, gap: float) -> tuple[Path, float]:
    """From below ``source`` across to above ``target``, which stands lower."""
    x0, x1, middle = source.x + source.width / 2, target.x + target.width / 2, target.y - gap / 2
    return [(x0, source.bottom, FRONT), (x0, middle, FRONT), (x1, middle, FRONT), (x1, target.y, FRONT)], gap / 4


def next_column(source: Placed, target: Placed, *, gutter: float, gap: float) -> tuple[Path, float]:
    """From the foot of one column of layers, up between the two, to the head of the next; far enough out at both
    ends that a wide band clears the boxes and has room for its arrow."""
    x0, x1 = source.x + source.width / 2, target.x + target.width / 2
    width = source.width * 0.7
    foot, head = source.bottom + max(gap, 0.75 * width), target.y - max(gap, 1.1 * width)
    points = [(x0, source.bottom), (x0, foot), (gutter, foot), (gutter, head), (x1, head), (x1, target.y)]
    depths = [FRONT, BEHIND, BEHIND, BEHIND, BEHIND, FRONT]  # the feet of wide sublayers reach under the next column
    return [(x, y, z) for (x, y), z in zip(points, depths, strict=True)], width


def across(source: Placed, target: Placed, *, under: float, out: float, over: float, gutter: float) -> Path:
    """From the end of one stack of layers to a box in another: below the one, up at ``out`` between the two, along
    above the other, and down the gutter beside the box."""
    x, y = source.x + source.width / 2, target.y + target.height / 2
    side = target.x if gutter <= target.x else target.right
    ways = [(x, source.bottom), (x, under), (out, under), (out, over), (gutter, over), (gutter, y), (side, y)]
    return [(px, py, FRONT if k == 0 else BEHIND) for k, (px, py) in enumerate(ways)]

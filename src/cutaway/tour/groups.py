"""Groups of targets, written shortly: all slabs of a tensor are its name, all layers a ``*``, some ``*@3-9``.

``others.opacity(0.2)`` speaks of every block but a few; written out, that would be most of a tour's bytes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from cutaway.tour.blocks import target_of
from cutaway.tour.places import Places
from cutaway.tour.slabs import Slabs, positions
from cutaway.tour.timeline import Group

_TARGET = re.compile(r"(?P<name>[^@#]+)(?:@(?P<layers>\d+(?:-\d+)?))?(?:#(?P<slabs>\d+(?:-\d+)?))?")


def shortened(group: Group, places: Places) -> list[str]:
    """The targets of a group in as few words as their names allow."""
    parts = (_written(template, bits, places) for template, bits in group.slabs.bits.items())
    return [*(target for part in parts for target in part), *group.names]


@lru_cache(maxsize=4096)
def _written(template: str, bits: int, places: Places) -> list[str]:
    """Some slabs of the layers of one tensor."""
    if bits == places.everything.bits[template]:
        return [template]
    made: list[str] = []
    whole: list[int] = []
    order = places.layers_of(template)
    number = {name: i for i, name in enumerate(order)}
    for name, slabs in places.named(Slabs({template: bits})):
        if slabs == (1 << places[name].slabs) - 1:
            whole.append(number[name])
        else:
            made += [f"{name}#{run}" for run in _runs(list(positions(slabs)))]
    for first, last in _ends(whole):
        layers = [places[order[i]].tensor.layer for i in (first, last)]
        made.append(order[first] if first == last else f"{template}@{layers[0]}-{layers[1]}")
    return made


def expanded(targets: Iterable[str], places: Places) -> list[str]:
    """Every target by its full name; slabs of a tensor that has several with their numbers."""
    made: list[str] = []
    for target in targets:
        found = _TARGET.fullmatch(target)
        name = found["name"] if found else target
        if found is None or (name not in places.blocks and "*" not in name):
            made.append(target)
            continue
        layers = _span(found["layers"])
        for full in places.layers_of(name) if "*" in name else [name]:
            block = places[full]
            if layers is None or block.tensor.layer in layers:
                slabs = _span(found["slabs"])
                made += [target_of(block, k) for k in range(block.slabs) if slabs is None or k in slabs]
    return made


def _ends(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of numbers that follow one another."""
    for _, run in itertools.groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


def _runs(numbers: Sequence[int]) -> list[str]:
    return [f"{a}" if a == b else f"{a}-{b}" for a, b in _ends(numbers)]


def _span(text: str | None) -> range | None:
    if text is None:
        return None
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)

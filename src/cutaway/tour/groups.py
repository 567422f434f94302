"""Groups of targets, written shortly: all slabs of a tensor are its name, all layers a ``*``.

``others.opacity(0.2)`` speaks of every block but a few; written out, that would be most of a tour's bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from cutaway.tour.places import Places, target_of
from cutaway.tour.slabs import Slabs, positions
from cutaway.tour.timeline import Group


def shortened(group: Group, places: Places) -> list[str]:
    """The targets of a group in as few words as their names allow."""
    made: list[str] = []
    for template, bits in group.slabs.bits.items():
        own = Slabs({template: bits})
        if bits == places.everything.bits[template]:
            made.append(template)
            continue
        for name, slabs in places.named(own):
            block = places[name]
            is_whole = slabs == (1 << block.slabs) - 1
            made += [name] if is_whole else [target_of(block, k) for k in positions(slabs)]
    return [*made, *group.names]


def expanded(targets: Iterable[str], places: Places) -> list[str]:
    """Every target by its full name; slabs of a tensor that has several with their numbers."""
    made: list[str] = []
    for target in targets:
        name, mark, _ = target.partition("#")
        if mark or (name not in places.blocks and "*" not in name):
            made.append(target)
            continue
        for full in places.layers_of(name) if "*" in name else [name]:
            block = places[full]
            made += [target_of(block, k) for k in range(block.slabs)]
    return made

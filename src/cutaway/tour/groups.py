"""Groups of targets, written shortly: all slabs of a tensor are its name, all layers a ``*``.

``others.opacity(0.2)`` speaks of every block but a few; written out, that would be most of a tour's bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from cutaway.tour.places import Places


def shortened(targets: Iterable[str], places: Places) -> list[str]:
    """The same targets in as few words as their names allow."""
    slabs: dict[str, set[int]] = {}
    rest: list[str] = []
    for target in targets:
        name, mark, slab = target.partition("#")
        if name in places.blocks:
            slabs.setdefault(name, set()).add(int(slab) if mark else -1)
        else:
            rest.append(target)
    layers: dict[str, list[str]] = {}
    for name, found in slabs.items():
        tensor, count = places[name].tensor, places[name].slabs
        if -1 in found or len(found) == count:
            layers.setdefault(tensor.declared.name, []).append(name)
        else:
            rest += [f"{name}#{k}" for k in sorted(found)]
    for template, names in layers.items():
        rest += [template] if len(names) == len(places.layers_of(template)) else names
    return rest


def expanded(targets: Iterable[str], places: Places) -> list[str]:
    """Every target by its full name; slabs of a tensor that has several with their numbers."""
    made: list[str] = []
    for target in targets:
        name, mark, _ = target.partition("#")
        if mark or (name not in places.blocks and "*" not in name):
            made.append(target)
            continue
        for full in places.layers_of(name) if "*" in name else [name]:
            count = places[full].slabs
            made += [full] if count == 1 else [f"{full}#{k}" for k in range(count)]
    return made

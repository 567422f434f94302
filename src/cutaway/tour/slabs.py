"""Sets of slabs: which pieces of which blocks a chapter fades, lights up or fills.

A large model has more than a hundred thousand slabs (heads and experts of all its layers), and ``x.others`` are
all of them but a few. So a set is a few whole numbers, one for each declared tensor, with a bit for each slab of
each layer, and what is done to many at once is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Slabs:
    """A set of slabs. Which bit stands for which slab, ``Places.slabs_of`` knows."""

    bits: dict[str, int]
    """By the declared name of a tensor; none of them 0."""

    @staticmethod
    def joined(sets: Iterable[Slabs]) -> Slabs:
        """All slabs of several sets."""
        bits: dict[str, int] = {}
        for each in sets:
            for name, own in each.bits.items():
                bits[name] = bits.get(name, 0) | own
        return Slabs(bits)

    def __or__(self, other: Slabs) -> Slabs:
        return Slabs.joined((self, other))

    def __and__(self, other: Slabs) -> Slabs:
        few, many = sorted((self.bits, other.bits), key=len)
        return Slabs({name: both for name, own in few.items() if (both := own & many.get(name, 0))})

    def __sub__(self, other: Slabs) -> Slabs:
        return Slabs({name: rest for name, own in self.bits.items() if (rest := own & ~other.bits.get(name, 0))})

    def __bool__(self) -> bool:
        return bool(self.bits)

    def __hash__(self) -> int:
        return hash(frozenset(self.bits.items()))


@dataclass
class Partition(Generic[T]):
    """Slabs in classes: those of one class have been treated alike so far, and share one ``T``."""

    classes: list[tuple[Slabs, T]] = field(default_factory=list)

    def of(self, slabs: Slabs, *, new: Callable[[], T], copy: Callable[[T], T]) -> list[tuple[Slabs, T]]:
        """The classes that together are ``slabs``: classes that reach beyond them are divided, and those that
        were in none yet become a new one."""
        found: list[tuple[Slabs, T]] = []
        kept: list[tuple[Slabs, T]] = []
        for own, thing in self.classes:
            both = own & slabs if slabs else slabs
            if not both:
                kept.append((own, thing))
                continue
            slabs = slabs - both
            if both == own:
                found.append((own, thing))
            else:
                kept.append((own - both, thing))
                found.append((both, copy(thing)))
        if slabs:
            found.append((slabs, new()))
        self.classes = kept + found
        return found

    def known(self, slabs: Slabs) -> Slabs:
        """Those of ``slabs`` that are in a class."""
        return Slabs.joined(own & slabs for own, _ in self.classes)

    def __iter__(self) -> Iterator[tuple[Slabs, T]]:
        return iter(self.classes)


def positions(bits: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest one on."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low

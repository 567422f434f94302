"""Where everything stands, by full name: what a tour needs to know of the picture.

One for all chapters and languages: which slabs there are, which tensor reads which, the way along ribbons.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cached_property

from cutaway import wire
from cutaway.definition import BoundTensor, Definition, resolve
from cutaway.formula import length
from cutaway.growth import Costs
from cutaway.tour.blocks import Block, Bounds, size_of, target_of
from cutaway.tour.errors import MissingPart
from cutaway.tour.slabs import Slabs, positions
from cutaway.tour.timeline import Value

STRIP_PITCH, STRIP_HEIGHT, STRIP_MOST = 15, 27, 16
CHART_GAP, CHART_ROW, CHART_MOST, CHART_LEFT, CHART_RIGHT = 16, 13, 5, 45, 81


class Places:
    """Every block and ribbon of a model's picture."""

    def __init__(self, definition: Definition, scene: wire.Scene, *, has_values: bool = True) -> None:
        self.definition = definition
        self.scene = scene
        self._has_values = has_values
        self.seen_whole: dict[tuple[float, float], tuple[Value, ...]] = {}
        """What a camera has to show to see all of it, by azimuth and elevation; every chapter asks."""
        self._slabs: dict[str, Slabs] = {}

    @cached_property
    def costs(self) -> Costs:
        """What a forward pass of the model costs, and how that grows."""
        return Costs(self.definition)

    @cached_property
    def _boxes(self) -> dict[str, list[wire.Box]]:
        found: dict[str, list[wire.Box]] = {}
        for box in self.scene.boxes:
            found.setdefault(box.tensor, []).append(box)
        return found

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """Every block by the full name of its tensor."""
        axes = {a.name: a for a in self.definition.axes}
        made: dict[str, Block] = {}
        for name, tensor in self.definition.tensors.items():
            boxes = self._boxes.get(tensor.declared.name, [])
            box = next((b for b in boxes if not b.layers or tensor.layer in b.layers), None)
            if box is None:
                continue
            x, y, z = self._offset(tensor)
            columns, rows, depth = (None if a is None else axes[a] for a in (box.columns, box.rows, box.depth))
            made[name] = Block(tensor, box.x + x, box.y + y, box.z + z, columns, rows, depth, box.pitch)
        return made

    @cached_property
    def _layers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(self.blocks, key=lambda name: self.blocks[name].tensor.layer or 0):
            found.setdefault(self.blocks[name].tensor.declared.name, []).append(name)
        return found

    def layers_of(self, template: str) -> list[str]:
        """The full names of a tensor that exists in several layers, in order."""
        return self._layers[template]

    @cached_property
    def _first_bits(self) -> dict[str, int]:
        """Full name of a tensor to the bit of its first slab among those of all its layers."""
        made: dict[str, int] = {}
        for names in self._layers.values():
            bit = 0
            for name in names:
                made[name] = bit
                bit += self.blocks[name].slabs
        return made

    @cached_property
    def _masks(self) -> dict[str, list[tuple[str, int, int]]]:
        """Declared name of a tensor to its layers: full name, first bit, and a bit for each slab."""
        return {
            template: [(name, self._first_bits[name], (1 << self.blocks[name].slabs) - 1) for name in names]
            for template, names in self._layers.items()
        }

    @cached_property
    def everything(self) -> Slabs:
        """Every slab of every block."""
        last = {template: names[-1] for template, names in self._layers.items()}
        many = {template: self._first_bits[name] + self.blocks[name].slabs for template, name in last.items()}
        return Slabs({template: (1 << count) - 1 for template, count in many.items()})

    def slabs_of(self, name: str) -> Slabs:
        """The slabs of a tensor."""
        if name not in self._slabs:  # worked out once: every chapter asks for most of them
            self._slabs[name] = self.piece_of(name, 0, None)
        return self._slabs[name]

    def piece_of(self, name: str, start: int, stop: int | None) -> Slabs:
        """The slabs of a tensor from ``start`` to before ``stop``, or to its last."""
        block = self[name]
        stop = block.slabs if stop is None else min(stop, block.slabs)
        bits = ((1 << max(stop - start, 0)) - 1) << (self._first_bits[name] + start)
        return Slabs({block.tensor.declared.name: bits} if bits else {})

    def only(self, name: str, bits: int) -> Slabs:
        """Those slabs of a tensor for which there is a bit."""
        return Slabs({self[name].tensor.declared.name: bits << self._first_bits[name]})

    def named(self, slabs: Slabs) -> Iterator[tuple[str, int]]:
        """The tensors that some slabs belong to: full name, and a bit for each of its slabs that is meant."""
        for template, bits in slabs.bits.items():
            for name, first, every in self._masks[template]:
                if own := bits >> first & every:
                    yield name, own

    def called(self, slabs: Slabs) -> str:
        """The first of some slabs, as errors name it."""
        name, bits = next(self.named(slabs))
        return target_of(self[name], next(positions(bits)))

    def boxes_of(self, slabs: Slabs) -> Iterator[Bounds]:
        """What is shown of some slabs: a box for each tensor, from the first of its slabs to the last one."""
        for name, bits in self.named(slabs):
            block = self.blocks[name]
            first, last = block.slab(next(positions(bits))), block.slab(bits.bit_length() - 1)
            yield Bounds(first.low, last.high)

    def _offset(self, tensor: BoundTensor) -> tuple[float, float, float]:
        if tensor.layer is None:
            return 0, 0, 0
        stack = tensor.declared.name.split(".*")[0]
        point = self.scene.offsets[stack][tensor.layer]
        return point.x, point.y, point.z

    def __getitem__(self, name: str) -> Block:
        try:
            return self.blocks[name]
        except KeyError:
            raise MissingPart(f"{name} has no place in the picture") from None

    @cached_property
    def ribbons(self) -> set[str]:
        """Every ribbon as ``source>target``, full names."""
        made = set()
        for r in self.scene.ribbons:
            for layer in r.layers or [None]:
                made.add(f"{resolve(r.source, layer)}>{resolve(r.target, layer)}")
        return made

    @cached_property
    def _next(self) -> dict[str, list[str]]:
        """Where ribbons lead from each tensor."""
        made: dict[str, list[str]] = {}
        for ribbon in sorted(self.ribbons):
            source, _, target = ribbon.partition(">")
            made.setdefault(source, []).append(target)
        return made

    def path(self, start: str, end: str) -> list[str]:
        """The tensors on the shortest way along ribbons, both ends included; empty when there is no way."""
        came: dict[str, str] = {start: ""}
        ahead = deque([start])
        while ahead and end not in came:
            here = ahead.popleft()
            for target in self._next.get(here, ()):
                if target not in came:
                    came[target] = here
                    ahead.append(target)
        way, at = [], end if end in came else ""
        while at:
            way.append(at)
            at = came[at]
        return way[::-1]

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """Full name of a tensor to those whose formulas read it, in order of computation."""
        made: dict[str, list[str]] = {}
        for name, tensor in self.definition.tensors.items():
            for source in tensor.declared.sources:
                made.setdefault(resolve(source, tensor.layer), []).append(name)
        return made

    def strip(self, tokens: str) -> Bounds:
        """The texts of the prompt, above the block of token ids: ``client/src/render/tokenStrip.ts``. In a short
        context there is room for as many as it has."""
        block = self[tokens]
        axis, (x, y, z) = block.columns, block.bounds.low
        is_long = axis is not None and axis.dynamic and axis.size > STRIP_MOST
        places: Value = length(axis) if axis is not None and is_long else size_of(axis)
        left = x - (STRIP_PITCH - 1) / 2 * places
        return Bounds((left, y - STRIP_HEIGHT, z), (left + STRIP_PITCH * places, y, z))

    def chart(self, probabilities: str) -> Bounds:
        """The bars below the block of probabilities: ``client/src/render/predictionChart.ts``."""
        b = self[probabilities].bounds
        middle, bottom, z = (b.low[0] + b.high[0]) / 2, b.high[1], b.low[2]
        height = CHART_GAP + CHART_ROW * min(self[probabilities].tensor.axes[-1].size, CHART_MOST)
        return Bounds((middle - CHART_LEFT, bottom, z), (middle + CHART_RIGHT, bottom + height, z))

    @cached_property
    def whole(self) -> list[Bounds]:
        """All blocks; with values, the letters above them and the bars below."""
        d, blocks = self.definition, self.blocks
        letters = [self.strip(d.tokens)] if d.tokens in blocks else []
        bars = [self.chart(d.probabilities)] if d.probabilities in blocks else []
        return [*(b.bounds for b in blocks.values()), *(letters + bars if self._has_values else [])]

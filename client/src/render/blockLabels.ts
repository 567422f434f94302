/** The name of each block, and rulers along its sides with the letter and the length of the axis. */
import { type Block, breadthOf, type Edge, thickness } from "../scene/blocks";
import type * as wire from "../bundle/wire";
import { axisColour, type Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";
import type { Label, Point } from "./label";

const NAME_PX = 12;
const RULER_PX = 11;
/** How far rulers stand off the block, and half the length of their ends, in CSS pixels. */
const OFF_PX = 7;
const END_PX = 3;
/** Names keep off blocks whose cells are smaller than this. */
const NAMED_CELL_PX = 0.85;
/** A name may stand on a block at least so wide, and so high for its width; how far below its edge. */
const LEAST_INSIDE_PX = 90;
const LEAST_HEIGHT = 0.2;
const INSIDE_PX = 5;
/** A name stands below or beside its block where nothing else does for so much of its height: else it would seem to name that. */
const FREE = 0.5;
const BESIDE_PX = 6;
/** Thinner blocks have no names, which would seem to be those of others; thicker ones may have them beside or below. */
const LEAST_BREADTH_PX = 1.5;
const LEAST_BESIDE_PX = 20;
/** What is longer than so many times its other sides is a line, and named after what can be seen beside it. */
const SLIVER = 64;

export function blockLabels(
  blocks: readonly Block[],
  kinds: ReadonlyMap<string, wire.AxisKind>,
  theme: Theme,
  words: Readonly<Record<string, string>> = {},
): Decoration {
  const all = emptyDecoration();
  for (const block of blocks) {
    all.labels.push(...namesOf(block, blocks, words[block.label] ?? block.label, theme));
    const { x, y, z } = block;
    const right = x + block.columns.length;
    const bottom = y + block.rows.length;
    const far = z + thickness(block);
    const ruler = (edge: Edge, from: Point, to: Point, off: readonly [number, number]): void =>
      addRuler(edge, from, to, off, block, kinds, theme, all);
    ruler(block.columns, [x, bottom, z], [right, bottom, z], [0, 1]);
    ruler(block.rows, [x, y, z], [x, bottom, z], [-1, 0]);
    if (block.depth.length > 1) ruler(block.depth, [right, y, z], [right, y, far], [0.8, -0.5]);
  }
  return all;
}

/**
 * The name of a block: above it, along its top edge; else in the first other place that has room. `blocks`: those
 * that stand about it.
 */
function namesOf(block: Block, blocks: readonly Block[], name: string, theme: Theme): Label[] {
  const { x, y, z, columns, rows, depth } = block;
  const middle = x + columns.length / 2;
  const [from, to] = longerSide(block);
  const own: Label = {
    text: name,
    block: block.id,
    isOfBlock: true,
    anchor: [middle, y, z - 0.01],
    align: [0.5, 1],
    shift: [0, -4],
    size: { px: NAME_PX },
    avoidsBlocks: { belowPx: NAMED_CELL_PX },
    leastBreadthPx: LEAST_BREADTH_PX,
    colour: rgb(theme.roles[block.role].ink),
    weight: 0.5,
    // Statistics are read last, and lie close to what they belong to.
    priority:
      (block.role === "statistic" ? 40 : 30) -
      Math.min(Math.log2(columns.length * rows.length), 20) * 0.5 +
      (isSliver(block) ? 1 : 0),
    span: {
      from,
      to,
      leastPx: 30,
      leastShare: 0.4,
      slides: columns.length >= rows.length,
      over: [middle, y + rows.length, z],
    },
    group: -1 - block.id,
  };
  const isHigh = rows.length >= columns.length * LEAST_HEIGHT;
  const places = [own];
  if (depth.length > 1) places.push(nameBehind(block, own));
  if (!isHigh) return places;
  places.push(nameInside(block, own));
  if (!blocks.some((other) => isBeside(other, block))) places.push(nameBeside(block, own));
  if (!blocks.some((other) => isBelow(other, block))) places.push(nameBelow(block, own));
  return places;
}

function isSliver(block: Block): boolean {
  const { columns, rows } = block;
  return Math.max(columns.length, rows.length) > SLIVER * breadthOf(block);
}

function isBelow(other: Block, { x, y, columns, rows }: Block): boolean {
  const bottom = y + rows.length;
  const isUnder = other.x < x + columns.length && other.x + other.columns.length > x;
  return isUnder && other.y >= bottom && other.y < bottom + rows.length * FREE;
}

function isBeside(other: Block, { x, y, columns, rows }: Block): boolean {
  const right = x + columns.length;
  const isLevel = other.y < y + rows.length && other.y + other.rows.length > y;
  return isLevel && other.x >= right && other.x < right + rows.length * FREE;
}

/**
 * Of slabs one behind the other that are seen from above, a name before them lies on them: then it stands
 * above the last one.
 */
function nameBehind(block: Block, own: Label): Label {
  const far = block.z + thickness(block);
  const behind = ([x, y]: Point): Point => [x, y, far];
  const span = own.span!;
  return {
    ...own,
    anchor: behind(own.anchor),
    priority: own.priority + 0.1,
    span: { ...span, from: behind(span.from), to: behind(span.to) },
  };
}

/** On the block itself, where it is so large that it has room for its name, and its cells are too small to be read. */
function nameInside(block: Block, own: Label): Label {
  const { x, y, z, columns } = block;
  const mostPx = columns.length * NAMED_CELL_PX;
  return {
    ...own,
    align: [0.5, 0],
    shift: [0, INSIDE_PX],
    avoidsBlocks: false,
    priority: own.priority + 0.2,
    span: {
      from: [x, y, z],
      to: [x + columns.length, y, z],
      leastPx: LEAST_INSIDE_PX,
      leastShare: 1.1,
      mostPx,
      slides: true,
    },
  };
}

/** To the right of the block, in the middle of its height. */
function nameBeside({ x, y, columns, rows }: Block, own: Label): Label {
  const right = x + columns.length;
  const z = own.anchor[2];
  const from: Point = [right, y, z];
  const to: Point = [right, y + rows.length, z];
  return {
    ...own,
    anchor: [right, y + rows.length / 2, z],
    align: [0, 0.5],
    shift: [BESIDE_PX, 0],
    avoidsBlocks: "throughout",
    leastBreadthPx: LEAST_BESIDE_PX,
    priority: own.priority + 0.25,
    span: { from, to, leastPx: 30, slides: true },
  };
}

/** Below the block, as in a row of high ones that stand so close that not all of their names fit above. */
function nameBelow({ rows }: Block, own: Label): Label {
  const below = ([x, y, z]: Point): Point => [x, y + rows.length, z];
  const { over, ...span } = own.span!;
  return {
    ...own,
    anchor: below(own.anchor),
    align: [0.5, 0],
    shift: [0, -own.shift[1]],
    avoidsBlocks: "throughout",
    leastBreadthPx: LEAST_BESIDE_PX,
    priority: own.priority + 0.3,
    span: span.slides ? { ...span, from: below(span.from), to: below(span.to) } : span,
  };
}

/** The longer side of the block's front: whether its name is worth showing goes by that. */
function longerSide({ x, y, z, columns, rows }: Block): [Point, Point] {
  if (columns.length >= rows.length) {
    return [
      [x, y, z],
      [x + columns.length, y, z],
    ];
  }
  return [
    [x, y, z],
    [x, y + rows.length, z],
  ];
}

function addRuler(
  edge: Edge,
  from: Point,
  to: Point,
  [offX, offY]: readonly [number, number],
  block: Block,
  kinds: ReadonlyMap<string, wire.AxisKind>,
  theme: Theme,
  { labels, strokes }: Decoration,
): void {
  const kind = edge.axis === null ? undefined : kinds.get(edge.axis.kind);
  if (kind === undefined || edge.length < 2) return;
  const colour = rgb(axisColour(theme, kind.colour));
  const label = labels.length;
  const shift = [offX * OFF_PX, offY * OFF_PX] as const;
  const isFlat = offX === 0;
  labels.push({
    text: `${kind.letter} ${edge.length}`,
    block: block.id,
    isOfBlock: true,
    anchor: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2],
    align: isFlat ? [0.5, offY > 0 ? 0 : 1] : [offX > 0 ? 0 : 1, offY === 0 ? 0.5 : 1],
    shift: isFlat ? [0, offY * (OFF_PX + 4)] : [offX * (OFF_PX + 5), offY * OFF_PX],
    size: { px: RULER_PX },
    colour,
    weight: 0.35,
    priority: 60 - Math.log2(edge.length) + (block.role === "weight" ? 0 : 1),
    span: { from, to, leastPx: 44, slides: true },
    leastBreadthPx: LEAST_BREADTH_PX,
    avoidsBlocks: true,
  });
  const style = { colour, alpha: 0.75, widthPx: 1, label };
  const [sx, sy] = shift;
  strokes.push({ ...style, from, to, shift: [sx, sy, sx, sy] });
  // Ends: short lines across the ruler.
  const [ax, ay] = isFlat ? [0, END_PX] : offY === 0 ? [END_PX, 0] : [END_PX * 0.7, -END_PX * 0.7];
  for (const end of [from, to]) {
    strokes.push({ ...style, from: end, to: end, shift: [sx - ax, sy - ay, sx + ax, sy + ay] });
  }
}

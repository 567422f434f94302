/** The name of each block, and rulers along its sides with the letter and the length of the axis. */
import { type Block, type Edge, thickness } from "../scene/blocks";
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
const LEAST_INSIDE_PX = 150;
const LEAST_HEIGHT = 0.3;
const INSIDE_PX = 5;

export function blockLabels(
  blocks: readonly Block[],
  kinds: ReadonlyMap<string, wire.AxisKind>,
  theme: Theme,
  words: Readonly<Record<string, string>> = {},
): Decoration {
  const all = emptyDecoration();
  for (const block of blocks) {
    addName(block, words[block.label] ?? block.label, theme, all);
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

/** The name of a block above it, along its top edge. */
function addName(block: Block, name: string, theme: Theme, { labels }: Decoration): void {
  const { x, y, z, columns, rows } = block;
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
    colour: rgb(theme.roles[block.role].ink),
    weight: 0.5,
    // Statistics are read last, and lie close to what they belong to.
    priority:
      (block.role === "statistic" ? 40 : 30) -
      Math.min(Math.log2(columns.length * rows.length), 20) * 0.5,
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
  labels.push(own, ...otherPlaces(block, own));
}

/** Where the name of a block stands that has no room above it. */
function otherPlaces(block: Block, own: Label): Label[] {
  const { columns, rows, depth } = block;
  return [
    ...(depth.length > 1 ? [nameBehind(block, own)] : []),
    ...(rows.length >= columns.length * LEAST_HEIGHT ? [nameInside(block, own)] : []),
  ];
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
      leastShare: 1.2,
      mostPx,
      slides: true,
    },
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

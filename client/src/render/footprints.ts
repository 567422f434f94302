/**
 * Where on the canvas the layers and blocks of a model are: rectangles around their corners, by which most
 * of them are out of the question before any ray is cast. Those of layers are worked out once for each
 * place of the camera.
 */
import { type Block, thickness } from "../scene/blocks";
import type { Group } from "../scene/groups";
import type { Projector } from "./projector";

/** Rectangles are this much larger than what they are around, in CSS pixels: rays are cast in other steps. */
const PLAY_PX = 0.5;

export class Footprints {
  private readonly rects: Float64Array;
  /** Corner and size of each layer, one after the other, for all are gone through on every frame. */
  private readonly boxes: Float64Array;
  private readonly own = new Float64Array(4);
  private version = -1;
  private readonly groups: Group[] = [];
  private readonly blocks: Block[] = [];

  constructor(
    private readonly all: readonly Group[],
    private readonly projector: Projector,
  ) {
    this.rects = new Float64Array(all.length * 4);
    this.boxes = Float64Array.from(
      all.flatMap(({ bounds: { min, max } }) => [...min, ...max.map((end, i) => end - min[i]!)]),
    );
  }

  /** The layers of which something may be seen in a rectangle of the canvas; valid until the next call. */
  groupsIn(left: number, top: number, right: number, bottom: number): readonly Group[] {
    this.follow();
    const { all, rects, groups } = this;
    groups.length = 0;
    for (let i = 0; i < all.length; i++) {
      if (overlaps(rects, 4 * i, left, top, right, bottom)) groups.push(all[i]!);
    }
    return groups;
  }

  /** The same of blocks. */
  blocksIn(left: number, top: number, right: number, bottom: number): readonly Block[] {
    const { blocks, own, projector } = this;
    blocks.length = 0;
    for (const group of this.groupsIn(left, top, right, bottom)) {
      for (const block of group.blocks) {
        const { x, y, z, columns, rows } = block;
        projector.around(own, 0, x, y, z, columns.length, rows.length, thickness(block));
        if (overlaps(own, 0, left, top, right, bottom)) blocks.push(block);
      }
    }
    return blocks;
  }

  private follow(): void {
    const { boxes, rects, projector } = this;
    if (this.version === projector.version) return;
    this.version = projector.version;
    for (let i = 0, at = 0; at < boxes.length; i += 4, at += 6) {
      const [x, y, z] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!];
      projector.around(rects, i, x, y, z, boxes[at + 3]!, boxes[at + 4]!, boxes[at + 5]!);
    }
  }
}

function overlaps(
  rects: Float64Array,
  at: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): boolean {
  return (
    rects[at]! <= right + PLAY_PX &&
    rects[at + 1]! <= bottom + PLAY_PX &&
    rects[at + 2]! >= left - PLAY_PX &&
    rects[at + 3]! >= top - PLAY_PX
  );
}

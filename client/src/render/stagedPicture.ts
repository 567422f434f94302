/**
 * What a chapter does to the picture of its model: which slabs, bands, cells and copies each of its
 * tracks moves, and the numbers of a moment put there. Pipeline stage: between `timeline`, which knows
 * only numbers, and the meshes, which know only buffers. Everything is worked out once; a moment only
 * writes what changed.
 */
import type { Lengths } from "../bundle/model";
import { type Block, lengthIn } from "../scene/blocks";
import type { Parting } from "../scene/parting";
import type { Drawn } from "../scene/picking";
import type { Store } from "../scene/store";
import type { BandMesh } from "./bandMesh";
import type { CellMesh } from "./cellMesh";
import { Copies, type Flying } from "./copies";
import { ALL_THERE, type SlabState, type StateName, wholeState } from "./slabState";
import { type Range, SlabNames } from "./slabNames";
import type { Framing, Staging } from "./staging";
import type { Standing } from "./standing";

type BandEnds = ReturnType<BandMesh["bandsOf"]>[number];

const CAMERA = ["x", "y", "z", "azimuth", "elevation", "width", "height", "near"] as const;
const ORDERS = ["cell", "column", "row"];
/** Places of the channels in the attribute `staged`. */
const SLAB_CHANNELS: Readonly<Record<string, number>> = {
  opacity: 0,
  highlight: 1,
  first: 2,
  rest: 3,
};

type Write = (value: number) => void;

export class StagedPicture implements Drawn {
  /** How much of each block is there, by its id. */
  readonly presence: Float32Array;
  /** How strongly each mark is drawn. */
  readonly marks: Float32Array;
  private readonly state: SlabState;
  private readonly dirty = new Set<StateName>();
  private readonly copies: Copies;
  private readonly writes: Write[][];
  private readonly last: Float64Array;
  private readonly camera: (number | undefined)[];
  private readonly flows: Float32Array;
  /** The rims that the chapter asks for. */
  private readonly glow: Float32Array;
  private isBandStale = true;
  private isMarkStale = false;
  private isFillStale = false;
  private isPresenceStale = true;
  private haveCopiesMoved = false;
  private readonly bandPlaces = new Map<string, number>();

  constructor(
    readonly plan: Staging,
    readonly of: Standing,
    store: Store,
    private readonly cells: CellMesh,
    private readonly bands: BandMesh,
    private readonly ends: readonly BandEnds[],
  ) {
    const { blocks, figure } = of;
    this.state = wholeState(figure.slabs);
    const { order, part } = this.state;
    for (const { firstSlab, depth, columns, rows } of blocks) {
      for (let i = firstSlab; i < firstSlab + depth.length; i++) {
        part[4 * i + 2] = columns.length;
        part[4 * i + 3] = rows.length;
      }
    }
    this.presence = new Float32Array(blocks.length).fill(1);
    this.marks = new Float32Array(plan.marks.length);
    this.glow = new Float32Array(figure.slabs);
    this.flows = new Float32Array(ends.length);
    ends.forEach(({ source, target }, i) => this.bandPlaces.set(`${source}>${target}`, i));
    const names = new SlabNames(blocks);
    for (const sweep of plan.sweeps) {
      const isRow = sweep.row !== null;
      const line = sweep.column ?? sweep.row ?? -1;
      const how = Math.max(ORDERS.indexOf(sweep.by), 0) + (isRow ? 4 : 0);
      each(names.slabsOf(sweep.targets).ranges, (i) => {
        order[4 * i] = line;
        order[4 * i + 1] = how;
      });
    }
    const rowSplits = new Set<number>();
    for (const { targets, columns, rows } of plan.splits) {
      const [from, to] = columns ?? rows ?? [0, 0];
      each(names.slabsOf(targets).ranges, (i) => {
        order[4 * i + 2] = from;
        order[4 * i + 3] = to;
        if (columns === null) rowSplits.add(i);
      });
    }
    cells.setStaged({ of, state: this.state });
    this.copies = new Copies(plan.copies, of, store, cells);
    this.writes = plan.tracks.map(({ channel, targets }) =>
      this.writesOf(channel, targets, names, rowSplits),
    );
    this.last = new Float64Array(plan.tracks.length).fill(NaN);
    this.camera = CAMERA.map((channel) => {
      const at = plan.tracks.findIndex(
        (track) => track.channel === channel && track.targets.includes("camera"),
      );
      return at < 0 ? undefined : at;
    });
  }

  /** Puts the numbers of a moment, one for each track. */
  show(values: ArrayLike<number>): void {
    const { last, writes } = this;
    for (let i = 0; i < last.length; i++) {
      const value = values[i]!;
      if (value === last[i]) continue;
      last[i] = value;
      for (const write of writes[i]!) write(value);
    }
    if (this.isBandStale) this.showBands();
    this.cells.updateState(this.dirty);
    this.dirty.clear();
    if (this.copies.commit()) this.haveCopiesMoved = true;
  }

  /** The copies that are there now. */
  flying(): Iterable<Flying> {
    return this.copies.flying();
  }

  /** Draws a rim around blocks that words point at; null: as the chapter has it. */
  emphasise(tensors: ReadonlySet<string> | null): void {
    const data = this.state.staged;
    for (const { tensor, firstSlab, depth } of this.of.blocks) {
      const isMeant = tensors?.has(tensor) === true;
      for (let i = firstSlab; i < firstSlab + depth.length; i++) {
        data[i * 4 + 1] = isMeant ? 1 : this.glow[i]!;
      }
    }
    this.cells.updateState(["staged"]);
  }

  /** What changed since this was last asked: marks, what is filled, copies, which blocks are there. */
  takeChanges(): { marks: boolean; fill: boolean; copies: boolean; presence: boolean } {
    const changes = {
      marks: this.isMarkStale,
      fill: this.isFillStale,
      copies: this.haveCopiesMoved,
      presence: this.isPresenceStale,
    };
    this.isMarkStale = this.isFillStale = false;
    this.haveCopiesMoved = this.isPresenceStale = false;
    return changes;
  }

  /** What the camera is to show at a moment; null when the chapter does not say. */
  framing(values: ArrayLike<number>): Framing | null {
    const at = this.camera.map((track) => (track === undefined ? NaN : values[track]!));
    if (at.some(Number.isNaN)) return null;
    const [x, y, z, azimuth, elevation, width, height, near] = at as [
      number, number, number, number, number, number, number, number,
    ]; // prettier-ignore
    return {
      target: [x, y, z],
      azimuth,
      elevation,
      width: Math.exp(width),
      height: Math.exp(height),
      near,
    };
  }

  isThere(block: Block): boolean {
    return this.presence[block.id]! > 0.3;
  }

  parting(block: Block, slab: number): Parting | null {
    const i = block.firstSlab + slab;
    const { bend, order } = this.state;
    const width = bend[2 * i]!;
    if (width === 0) return null;
    const gap = { from: order[4 * i + 2]!, to: order[4 * i + 3]!, gap: Math.abs(width) };
    return width > 0 ? { columns: gap, rows: null } : { columns: null, rows: gap };
  }

  /** Whether a cell is there: it belongs to a block that is, and has been filled. */
  isCellThere(block: Block, slab: number, row: number, column: number): boolean {
    const i = block.firstSlab + slab;
    const { staged, order } = this.state;
    if (staged[4 * i]! < 0.4) return false;
    const how = order[4 * i + 1]!;
    const isRow = how >= 4;
    if ((isRow ? row : column) === order[4 * i]!) {
      return staged[4 * i + 2]! > (isRow ? column : row);
    }
    const by = how % 4;
    const rank = by === 0 ? column * block.rows.length + row : by === 1 ? column : row;
    return staged[4 * i + 3]! > rank;
  }

  /** The cell that the filling of a slab has come to; null before and after. */
  front(block: Block, slab: number, lengths: Lengths): { row: number; column: number } | null {
    const i = block.firstSlab + slab;
    const { staged, order } = this.state;
    const how = order[4 * i + 1]!;
    const line = order[4 * i]!;
    const isRow = how >= 4;
    const length = (edge: Block["rows"]): number => lengthIn(edge, lengths);
    const first = staged[4 * i + 2]!;
    const rest = staged[4 * i + 3]!;
    const along = length(isRow ? block.columns : block.rows);
    if (line >= 0 && first > 0 && rest <= 0) {
      const at = Math.min(Math.ceil(first) - 1, along - 1);
      return isRow ? { row: line, column: at } : { row: at, column: line };
    }
    const rank = Math.ceil(rest) - 1;
    if (rank < 0 || rest >= ALL_THERE.staged[3]) return null;
    const by = how % 4;
    const rows = block.rows.length;
    const column = by === 0 ? Math.floor(rank / rows) : by === 1 ? rank : length(block.columns) - 1;
    const row = by === 0 ? rank % rows : by === 1 ? length(block.rows) - 1 : rank;
    return {
      row: Math.min(row, length(block.rows) - 1),
      column: Math.min(column, length(block.columns) - 1),
    };
  }

  dispose(): void {
    this.cells.setStaged(null);
    for (const { band } of this.ends) this.bands.setState(band, 1, 0);
  }

  private writesOf(
    channel: string,
    targets: readonly string[],
    names: SlabNames,
    rowSplits: ReadonlySet<number>,
  ): Write[] {
    const writes: Write[] = [];
    const own = targets.filter((target) => !target.includes(" ") && !target.includes(">"));
    const { ranges, blocks } = names.slabsOf(own);
    const place = SLAB_CHANNELS[channel];
    if (ranges.length > 0 && place !== undefined) {
      const data = this.state.staged;
      writes.push((value) => {
        each(ranges, (i) => (data[i * 4 + place] = value));
        if (place === 1) each(ranges, (i) => (this.glow[i] = value));
        this.dirty.add("staged");
        if (place === 0) {
          for (const block of blocks) this.presence[block.id] = this.presenceOf(block);
          this.isBandStale = this.isPresenceStale = this.isFillStale = true;
        } else if (place > 1) this.isFillStale = true;
      });
    } else if (ranges.length > 0 && channel === "split") {
      writes.push((value) => {
        each(ranges, (i) => (this.state.bend[2 * i] = rowSplits.has(i) ? -value : value));
        this.dirty.add("bend");
        this.isFillStale = true;
      });
    }
    for (const target of targets) {
      const [kind, number] = target.split(" ");
      if (kind === "copy") writes.push(this.copies.writer(Number(number), channel));
      else if (kind === "mark") {
        writes.push((value) => {
          this.marks[Number(number)] = value;
          this.isMarkStale = true;
        });
      } else if (target.includes(">") && channel === "flow") {
        const band = this.bandPlaces.get(target);
        if (band === undefined) continue;
        writes.push((value) => {
          this.flows[band] = value;
          this.isBandStale = true;
        });
      }
    }
    return writes;
  }

  private presenceOf({ firstSlab, depth }: Block): number {
    let most = 0;
    for (let i = firstSlab; i < firstSlab + depth.length; i++) {
      most = Math.max(most, this.state.staged[4 * i]!);
    }
    return most;
  }

  /** A band is there as far as both tensors that it joins are. */
  private showBands(): void {
    this.isBandStale = false;
    const { bands, presence, flows, of } = this;
    this.ends.forEach(({ source, target, band }, i) => {
      const a = presence[of.block(source)?.id ?? -1] ?? 1;
      const b = presence[of.block(target)?.id ?? -1] ?? 1;
      bands.setState(band, Math.min(a, b), flows[i]!);
    });
  }
}

function each(ranges: readonly Range[], act: (slab: number) => void): void {
  for (const [from, to] of ranges) for (let i = from; i < to; i++) act(i);
}

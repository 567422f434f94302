/**
 * What a chapter does to the picture: which slabs, bands, cells and copies each of its tracks moves, and
 * the numbers of a moment put there. Pipeline stage: between `timeline`, which knows only numbers, and
 * the meshes, which know only buffers. Everything is worked out once; a moment only writes what changed.
 */
import { InstancedBufferAttribute } from "three";
import type { Lengths } from "../bundle/model";
import { type Block, lengthIn } from "../scene/blocks";
import type { Selector } from "../scene/cells";
import type { Heap } from "../scene/heap";
import type { BandMesh } from "./bandMesh";
import type { CellMesh } from "./cellMesh";
import { type CopyPlan, Copies } from "./copies";

/** A chapter for one run, as far as the picture is concerned. */
export interface Staging {
  readonly tracks: readonly { readonly channel: string; readonly targets: readonly string[] }[];
  readonly sweeps: readonly SweepPlan[];
  readonly splits: readonly SplitPlan[];
  readonly copies: readonly CopyPlan[];
  readonly marks: readonly { readonly tensor: string; readonly index: readonly Selector[] }[];
}

export interface SweepPlan {
  readonly targets: readonly string[];
  readonly by: string;
  readonly column: number | null;
  readonly row: number | null;
}

export interface SplitPlan {
  readonly targets: readonly string[];
  readonly columns: readonly [number, number] | null;
  readonly rows: readonly [number, number] | null;
}

/** What the camera is to show: see `camera` in wire.Chapter. */
export interface Framing {
  readonly target: readonly [number, number, number];
  readonly azimuth: number;
  readonly elevation: number;
  readonly width: number;
  readonly height: number;
  readonly near: number;
}

const CAMERA = ["x", "y", "z", "azimuth", "elevation", "width", "height", "near"] as const;
const ORDERS = ["cell", "column", "row"];
/** Places of the channels in the attribute `staged`. */
const SLAB_CHANNELS: Readonly<Record<string, number>> = {
  opacity: 0,
  highlight: 1,
  first: 2,
  rest: 3,
};
const ALL = 1e9;

type Write = (value: number) => void;

export class StagedPicture {
  /** How much of each block is there, by its id. */
  readonly presence: Float32Array;
  /** How strongly each mark is drawn. */
  readonly marks: Float32Array;
  private readonly staged: InstancedBufferAttribute;
  private readonly order: InstancedBufferAttribute;
  private readonly part: InstancedBufferAttribute;
  private readonly bend: InstancedBufferAttribute;
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

  constructor(
    readonly plan: Staging,
    private readonly blocks: readonly Block[],
    heap: Heap,
    private readonly cells: CellMesh,
    private readonly bands: BandMesh,
  ) {
    const n = cells.mesh.geometry.getAttribute("base").count;
    const attribute = (items: number): InstancedBufferAttribute =>
      new InstancedBufferAttribute(new Float32Array(n * items), items);
    this.staged = attribute(4);
    this.order = attribute(4);
    this.part = attribute(4);
    this.bend = attribute(2);
    for (const block of blocks) {
      for (let i = block.firstSlab; i < block.firstSlab + block.depth.length; i++) {
        this.staged.setXYZW(i, 1, 0, ALL, ALL);
        this.order.setXYZW(i, -1, 0, 0, 0);
        this.part.setXYZW(i, 0, 0, block.columns.length, block.rows.length);
      }
    }
    this.presence = new Float32Array(blocks.length).fill(1);
    this.marks = new Float32Array(plan.marks.length);
    this.glow = new Float32Array(n);
    this.flows = new Float32Array(bands.count);
    const { staged, order, part, bend } = this;
    this.copies = new Copies(plan.copies, blocks, heap, cells, { staged, order, part, bend });
    const names = new Names(blocks);
    for (const sweep of plan.sweeps) {
      const isRow = sweep.row !== null;
      const line = sweep.column ?? sweep.row ?? -1;
      const how = Math.max(ORDERS.indexOf(sweep.by), 0) + (isRow ? 4 : 0);
      for (const i of names.slabsOf(sweep.targets)) {
        this.order.setX(i, line);
        this.order.setY(i, how);
      }
    }
    const rowSplits = new Set<number>();
    for (const { targets, columns, rows } of plan.splits) {
      const [from, to] = columns ?? rows ?? [0, 0];
      for (const i of names.slabsOf(targets)) {
        this.order.setZ(i, from);
        this.order.setW(i, to);
        if (columns === null) rowSplits.add(i);
      }
    }
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
    cells.setStaged({ staged, order, part, bend });
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
    this.copies.commit();
  }

  /** Draws a rim around blocks that words point at; null: as the chapter has it. */
  emphasise(tensors: ReadonlySet<string> | null): void {
    const data = this.staged.array as Float32Array;
    for (const { tensor, firstSlab, depth } of this.blocks) {
      const isMeant = tensors?.has(tensor) === true;
      for (let i = firstSlab; i < firstSlab + depth.length; i++) {
        data[i * 4 + 1] = isMeant ? 1 : this.glow[i]!;
      }
    }
    this.staged.needsUpdate = true;
  }

  /** Whether marks, or what is filled, changed since this was last asked. */
  takeChanges(): { marks: boolean; fill: boolean } {
    const changes = { marks: this.isMarkStale, fill: this.isFillStale };
    this.isMarkStale = this.isFillStale = false;
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

  /** Whether a cell is there: it belongs to a block that is, and has been filled. */
  isThere(block: Block, slab: number, row: number, column: number): boolean {
    const i = block.firstSlab + slab;
    if (this.staged.getX(i) < 0.4) return false;
    const how = this.order.getY(i);
    const isRow = how >= 4;
    const line = this.order.getX(i);
    if ((isRow ? row : column) === line) return this.staged.getZ(i) > (isRow ? column : row);
    const by = how % 4;
    const rank = by === 0 ? column * block.rows.length + row : by === 1 ? column : row;
    return this.staged.getW(i) > rank;
  }

  /** The cell that the filling of a slab has come to; null before and after. */
  front(block: Block, slab: number, lengths: Lengths): { row: number; column: number } | null {
    const i = block.firstSlab + slab;
    const how = this.order.getY(i);
    const line = this.order.getX(i);
    const isRow = how >= 4;
    const length = (edge: Block["rows"]): number => lengthIn(edge, lengths);
    const first = this.staged.getZ(i);
    const along = length(isRow ? block.columns : block.rows);
    if (line >= 0 && first > 0 && this.staged.getW(i) <= 0) {
      const at = Math.min(Math.ceil(first) - 1, along - 1);
      return isRow ? { row: line, column: at } : { row: at, column: line };
    }
    const rank = Math.ceil(this.staged.getW(i)) - 1;
    if (rank < 0 || this.staged.getW(i) >= ALL) return null;
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
    for (let band = 0; band < this.bands.count; band++) this.bands.setState(band, 1, 0);
  }

  private writesOf(
    channel: string,
    targets: readonly string[],
    names: Names,
    rowSplits: ReadonlySet<number>,
  ): Write[] {
    const writes: Write[] = [];
    const own = targets.filter((target) => !target.includes(" ") && !target.includes(">"));
    const slabs = names.slabsOf(own);
    const place = SLAB_CHANNELS[channel];
    if (slabs.length > 0 && place !== undefined) {
      const data = this.staged.array as Float32Array;
      const touched = [...new Set(slabs.map((i) => names.blockOf[i]!))];
      writes.push((value) => {
        for (const i of slabs) data[i * 4 + place] = value;
        if (place === 1) for (const i of slabs) this.glow[i] = value;
        this.staged.needsUpdate = true;
        if (place === 0) {
          for (const block of touched) this.presence[block] = this.presenceOf(block);
          this.isBandStale = true;
          this.isFillStale = true;
        } else if (place > 1) this.isFillStale = true;
      });
    } else if (slabs.length > 0 && channel === "split") {
      writes.push((value) => {
        for (const i of slabs) this.bend.setX(i, rowSplits.has(i) ? -value : value);
        this.bend.needsUpdate = true;
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
        const band = this.bands.places.get(target);
        if (band === undefined) continue;
        writes.push((value) => {
          this.flows[band] = value;
          this.isBandStale = true;
        });
      }
    }
    return writes;
  }

  private presenceOf(id: number): number {
    const { firstSlab, depth } = this.blocks[id]!;
    let most = 0;
    for (let i = firstSlab; i < firstSlab + depth.length; i++) {
      most = Math.max(most, this.staged.getX(i));
    }
    return most;
  }

  /** A band is there as far as both tensors that it joins are. */
  private showBands(): void {
    this.isBandStale = false;
    const { bands, presence, flows } = this;
    this.ids ??= new Map(this.blocks.map((block) => [block.tensor, block.id]));
    for (let band = 0; band < bands.count; band++) {
      const { source, target } = bands.ends(band);
      const a = presence[this.ids.get(source) ?? -1] ?? 1;
      const b = presence[this.ids.get(target) ?? -1] ?? 1;
      bands.setState(band, Math.min(a, b), flows[band]!);
    }
  }
  private ids: Map<string, number> | null = null;
}

/** From names of targets to slabs. */
class Names {
  /** The block of each slab. */
  readonly blockOf: number[] = [];
  private readonly byName = new Map<string, number[]>();

  constructor(blocks: readonly Block[]) {
    for (const { id, tensor, firstSlab, depth, layer } of blocks) {
      const template = layer === null ? tensor : tensor.replace(`.${layer}.`, ".*.");
      for (let k = 0; k < depth.length; k++) {
        this.blockOf[firstSlab + k] = id;
        const names = [tensor, `${tensor}#${k}`, ...(template === tensor ? [] : [template])];
        for (const name of names) {
          const known = this.byName.get(name);
          if (known) known.push(firstSlab + k);
          else this.byName.set(name, [firstSlab + k]);
        }
      }
    }
  }

  slabsOf(targets: readonly string[]): number[] {
    return targets.flatMap((target) => this.byName.get(target) ?? []);
  }
}

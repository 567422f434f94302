/**
 * All blocks of all models as one instanced draw: an instance is one slab, or a whole block that is far
 * away (see detail.ts). The first instances are cells in flight (see copies.ts).
 */
import {
  Group,
  type InstancedBufferGeometry,
  Mesh,
  PerspectiveCamera,
  type RawShaderMaterial,
} from "three";
import { type Block, thickness } from "../scene/blocks";
import type { Store } from "../scene/store";
import { CellPrograms, ROLES } from "./cellPrograms";
import type { Detail } from "./detail";
import { LONG_CELLS } from "./glsl";
import { CUBE, CUT_CUBE, Instances, meshOf } from "./instances";
import type { Stage } from "./stage";
import { ALL_THERE, type SlabState, STATE_ITEMS, type StateName } from "./slabState";
import type { Standing } from "./standing";
import { StoreTexture } from "./storeTexture";

/** The role that products are drawn in. */
const COMPUTED = 2;

/** Copies of cells that a chapter may have in flight at once. */
export const MOST_COPIES = 32;
/** With more instances than this, none is cut: each would have almost three times as many corners. */
const MOST_CUT = 4000;
/** In place of the scale of a block whose values are nowhere: its structure is drawn. */
const NO_VALUES = -1;

const FIELDS = {
  corner: { kind: "float", items: 3 },
  size: { kind: "float", items: 3 },
  look: { kind: "float", items: 4 },
  shelf: { kind: "whole", items: 3 },
  involved: { kind: "float", items: 1 },
} as const;
const STAGED_FIELDS = {
  ...FIELDS,
  staged: { kind: "float", items: STATE_ITEMS.staged },
  order: { kind: "float", items: STATE_ITEMS.order },
  part: { kind: "float", items: STATE_ITEMS.part },
  bend: { kind: "float", items: STATE_ITEMS.bend },
} as const;
export type CellField = keyof typeof STAGED_FIELDS;

export class CellMesh {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  readonly programs: CellPrograms;
  private readonly texture: StoreTexture;
  private instances: Instances<CellField>;
  /** Which slab of which model each instance is. */
  private ranges: { standing: Standing; from: number; to: number }[] = [];
  private slabs = new Int32Array(0);
  private keep: ReadonlySet<Block> | null = null;
  private isNear = false;
  /** Whether some cells are held in pages: see scene/pages.ts. */
  private isPaged = false;
  /** Whether some sides are so long that they are cut. */
  private isCut = false;
  private staged: { of: Standing; state: SlabState } | null = null;

  constructor(
    store: Store,
    private readonly stage: Stage,
  ) {
    this.texture = new StoreTexture(store, stage.renderer);
    this.programs = new CellPrograms(this.texture.uniform, stage);
    this.mesh = meshOf(this.material());
    this.instances = this.newInstances();
  }

  /** Write all instances anew: models have come, gone or moved, or `detail` has changed. */
  write(standings: readonly Standing[], detail: Detail): void {
    this.ranges = [];
    let count = MOST_COPIES;
    for (const standing of standings) {
      const from = count;
      for (const block of standing.blocks) {
        const cut = standing.cuts.get(block) ?? 0;
        count += detail.isSplit(standing, block) ? block.depth.length - cut : 1;
      }
      this.ranges.push({ standing, from, to: count });
    }
    const isLong = standings.some(({ figure }) => figure.longest > LONG_CELLS);
    const isCut = isLong && count < MOST_CUT;
    if (isCut !== this.isCut) {
      this.isCut = isCut;
      const before = this.instances;
      this.instances = this.newInstances();
      this.instances.take(before);
    }
    this.instances.reserve(count, MOST_COPIES);
    if (this.slabs.length < count) this.slabs = new Int32Array(Math.ceil(count * 1.5));
    for (const { standing, from } of this.ranges) this.writeModel(standing, from, detail);
    this.instances.commit(count);
    this.writeState();
    this.choosePrograms();
  }

  private choosePrograms(): void {
    this.isPaged = this.ranges.some(
      ({ standing: { heap } }) => heap?.isReady === true && heap.pages !== null,
    );
    this.mesh.material = this.material();
  }

  private writeModel(standing: Standing, from: number, detail: Detail): void {
    const { instances, slabs, keep } = this;
    const corner = instances.array("corner");
    const size = instances.array("size");
    const involved = instances.array("involved");
    const { offset } = standing;
    let i = from;
    for (const block of standing.blocks) {
      const isSplit = detail.isSplit(standing, block);
      const cut = standing.cuts.get(block) ?? 0;
      const deep = isSplit ? 1 : thickness(block) - cut * block.pitch;
      const isKept = keep === null || keep.has(block) ? 1 : 0;
      const end = isSplit ? block.depth.length : cut + 1;
      for (let slab = cut; slab < end; slab++, i++) {
        corner[3 * i] = block.x + offset[0];
        corner[3 * i + 1] = block.y + offset[1];
        corner[3 * i + 2] = block.z + slab * block.pitch + offset[2];
        size[3 * i] = block.columns.length;
        size[3 * i + 1] = block.rows.length;
        size[3 * i + 2] = deep;
        this.putValues(i, standing, block, slab);
        involved[i] = isKept;
        slabs[i] = block.firstSlab + slab;
      }
    }
  }

  /** The heap of a model has new values. */
  updateValues(standing: Standing): void {
    const range = this.ranges.find((each) => each.standing === standing);
    const { heap } = standing;
    if (range === undefined || heap === null) return;
    const { blocks, figure } = standing;
    for (let i = range.from; i < range.to; i++) {
      const slab = this.slabs[i]!;
      const block = blocks[figure.blockOfSlab[slab]!]!;
      this.putValues(i, standing, block, slab - block.firstSlab);
    }
    this.instances.touch("look", range.from, range.to);
    this.instances.touch("shelf", range.from, range.to);
    this.choosePrograms();
    this.texture.update();
  }

  /** Numbers have been put into the store, or it holds other heaps than before. */
  updateStore(): void {
    this.texture.update();
  }

  /** Which values instance `i` shows, and how: those of a slab. */
  putValues(i: number, { heap }: Standing, block: Block, slab: number): void {
    const look = this.instances.array("look");
    const places = this.instances.array("shelf");
    look[4 * i] = ROLES.indexOf(block.role);
    if (heap?.isReady !== true) {
      look[4 * i + 1] = NO_VALUES;
      look[4 * i + 2] = look[4 * i + 3] = 0;
      places[3 * i] = places[3 * i + 1] = places[3 * i + 2] = 0;
      return;
    }
    const { base, stride, finest, levels, columns, rows, slabs } = heap.shelves[block.id]!;
    look[4 * i + 1] = inverse(heap.scales[block.id]!);
    look[4 * i + 2] = finest;
    look[4 * i + 3] = levels - 1;
    const isThere = slab < slabs;
    places[3 * i] = isThere ? heap.first + base + slab * stride : 0;
    places[3 * i + 1] = isThere ? columns : 0;
    places[3 * i + 2] = isThere ? rows : 0;
  }

  /** Numbers from place `at` of the store on, in one column, shown by a copy as what is computed. */
  putNumbers(copy: number, at: number, numbers: Float32Array): void {
    this.instances.array("look").set([COMPUTED, 1 / largest(numbers), 0, 0], 4 * copy);
    this.instances.array("shelf").set([at, 1, numbers.length], 3 * copy);
  }

  /** Whether cells are so large on the screen that figures, lines and marks can be seen. */
  setNear(isNear: boolean): void {
    if (isNear === this.isNear) return;
    this.isNear = isNear;
    this.mesh.material = this.material();
  }

  /** What a chapter does to each slab of a model, and copies of cells; null: the picture as it is. */
  setStaged(staged: { of: Standing; state: SlabState } | null): void {
    const was = this.staged;
    this.staged = staged;
    if ((was === null) === (staged === null)) {
      this.writeState();
      return;
    }
    const before = this.instances;
    this.instances = this.newInstances();
    this.instances.take(before);
    if (staged === null) this.instances.array("size").fill(0, 0, MOST_COPIES * 3);
    this.writeState();
    this.mesh.material = this.material();
  }

  /** Bring what changed in the state of slabs to the instances that show them. */
  updateState(names: Iterable<StateName>): void {
    const { staged } = this;
    if (staged === null) return;
    const range = this.ranges.find(({ standing }) => standing === staged.of);
    if (range === undefined) return;
    for (const name of names) {
      const items = STATE_ITEMS[name];
      const into = this.instances.array(name);
      const from = staged.state[name];
      for (let i = range.from; i < range.to; i++) {
        const slab = this.slabs[i]!;
        for (let item = 0; item < items; item++) {
          into[i * items + item] = from[slab * items + item]!;
        }
      }
      this.instances.touch(name, range.from, range.to);
    }
  }

  /** The array of a field of copies, the first `MOST_COPIES` instances; `touchCopies` when written. */
  copies(field: CellField): Float32Array {
    return this.instances.array(field) as Float32Array;
  }

  touchCopies(field: CellField): void {
    this.instances.touch(field, 0, MOST_COPIES);
  }

  /** Dim every block by `amount` except those that `keep` names. */
  setDim(amount: number, keep: ReadonlySet<Block>): void {
    this.programs.setDim(amount);
    if (amount === 0) return;
    this.keep = keep;
    const involved = this.instances.array("involved");
    for (const { standing, from, to } of this.ranges) {
      const { blocks } = standing;
      const blockOf = standing.figure.blockOfSlab;
      for (let i = from; i < to; i++) {
        involved[i] = keep.has(blocks[blockOf[this.slabs[i]!]!]!) ? 1 : 0;
      }
    }
    this.instances.touch("involved", 0, this.ranges.at(-1)?.to ?? 0);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.programs.dispose();
    this.texture.dispose();
  }

  /** Where nothing is staged, slabs are all there; then the state of the model that is. */
  private writeState(): void {
    if (this.staged === null) return;
    const { instances } = this;
    const size = instances.array("size");
    const part = instances.array("part");
    const count = this.ranges.at(-1)?.to ?? 0;
    for (const name of ["staged", "order", "bend"] as const) {
      const items = STATE_ITEMS[name];
      const array = instances.array(name);
      for (let i = MOST_COPIES; i < count; i++) {
        for (let item = 0; item < items; item++) array[i * items + item] = ALL_THERE[name][item]!;
      }
    }
    for (let i = MOST_COPIES; i < count; i++) {
      part[4 * i] = part[4 * i + 1] = 0;
      part[4 * i + 2] = size[3 * i]!;
      part[4 * i + 3] = size[3 * i + 1]!;
    }
    this.updateState(["staged", "order", "part", "bend"]);
    for (const name of ["staged", "order", "part", "bend"] as const)
      instances.touch(name, 0, count);
  }

  private newInstances(): Instances<CellField> {
    const fields = this.staged === null ? FIELDS : STAGED_FIELDS;
    const corners = this.isCut ? CUT_CUBE : CUBE;
    return new Instances<CellField>(this.mesh, corners, fields as typeof STAGED_FIELDS);
  }

  /** Make the program for models with pages before it is needed; null: it is there. */
  preparePaged(): Promise<void> | null {
    const paged = { isNear: this.isNear, isStaged: this.staged !== null, isPaged: true };
    if (this.programs.has(paged)) return null;
    const group = new Group().add(new Mesh(this.mesh.geometry, this.programs.of(paged)));
    return this.stage.compile(new PerspectiveCamera(), [group]);
  }

  /** Meshes with every program that these models may need, for making these before. */
  variants(): Group {
    const { isPaged } = this;
    const group = new Group();
    for (const isNear of [false, true]) {
      for (const isStaged of [false, true]) {
        const material = this.programs.of({ isNear, isStaged, isPaged });
        group.add(new Mesh(this.mesh.geometry, material));
      }
    }
    return group;
  }

  private material(): RawShaderMaterial {
    const { isNear, staged, isPaged } = this;
    return this.programs.of({ isNear, isStaged: staged !== null, isPaged });
  }
}

function largest(numbers: Float32Array): number {
  let most = 0;
  for (const number of numbers) {
    if (Number.isFinite(number)) most = Math.max(most, Math.abs(number));
  }
  return most || 1;
}

function inverse(scale: number): number {
  return scale > 0 ? 1 / scale : 0;
}

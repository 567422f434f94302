/**
 * Generated from src/cutaway/wire/scene.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * The picture: where every tensor stands, in cells.
 */

/** The place of one tensor: a block of cells `columns x rows x depth`. */
export interface Box {
  readonly tensor: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** The axis that runs right (one cell per position); none: a single column. */
  readonly columns?: string | null;
  /** The axis that runs down. */
  readonly rows?: string | null;
  /** The axis laid out in depth, one slab behind the other. */
  readonly depth?: string | null;
  /** Distance between the fronts of two slabs, in cells. A slab is one cell thick. */
  readonly pitch?: number;
  /**
   * The layers in which the tensor stands here, when it stands elsewhere in others; else it is all
   * of its layers.
   */
  readonly layers?: number[];
}

/** The bounds of a module in the scene: for its section label, for flying to it. */
export interface Frame {
  readonly module: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /**
   * The layers it is for, when the module is absent or elsewhere in others; else all layers of its
   * stack.
   */
  readonly layers?: number[];
}

/** A flat band that shows what feeds what: a polyline in a plane of constant z. */
export interface Ribbon {
  /** The tensor that is read, or its template name. */
  readonly source: string;
  /** The tensor that is computed from it. */
  readonly target: string;
  readonly points: [number, number, number][];
  readonly width: number;
  /** The role of `source`, which gives the colour; `residual` for the residual stream. */
  readonly role: string;
  /** The layers it is repeated in (its points are then relative to the layer); else absolute. */
  readonly layers?: number[];
}

/** A position in the scene, in cells. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Where everything stands. Things named with `*` are placed once per layer, moved by
 * `offsets[stack][position of the layer in the stack]`.
 */
export interface Scene {
  readonly boxes: Box[];
  readonly frames: Frame[];
  readonly ribbons: Ribbon[];
  /** Stack name (`blocks`) to one offset per layer. */
  readonly offsets: Record<string, Point[]>;
}

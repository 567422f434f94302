/** What a label is: a text beside a point of the scene, and when it is worth showing. */
import type { Rgb } from "./colour";
import type { LayerPlace } from "./layerNames";

export type Point = readonly [x: number, y: number, z: number];

export interface Label {
  readonly text: string;
  readonly anchor: Point;
  /** Where the anchor is on the text's box: 0 left or top, 1 right or bottom. */
  readonly align: readonly [number, number];
  /** CSS pixels that it is moved by, right and down. */
  readonly shift: readonly [number, number];
  readonly size: Size;
  readonly colour: Rgb;
  readonly weight: number;
  /** Lower ones are placed first; later ones give way. */
  readonly priority: number;
  /**
   * The line of the scene that it names: shown only while that is from `leastPx` to `mostPx` CSS
   * pixels long. When it `slides`, it stays within view for as long as a piece of the line does.
   */
  readonly span?: {
    readonly from: Point;
    readonly to: Point;
    readonly leastPx: number;
    readonly mostPx?: number;
    /** Nor shown while the line is shorter than this share of the text. */
    readonly leastShare?: number;
    readonly slides?: boolean;
    /** Nor shown while less of a line that leaves the view is within it. */
    readonly leastSeenPx?: number;
    /** The far side of what it names: while only that is in view, it stays at the border. */
    readonly over?: Point;
  };
  /** The id of the block it belongs to: gone together with it. */
  readonly block?: number;
  /** The id of another one that it is gone together with: of a layer, the last one. */
  readonly last?: number;
  /** It names that block, or a side of it, and is worth nothing while that is tiny. */
  readonly isOfBlock?: boolean;
  /** Nor while the block is thinner than so many CSS pixels, unless a chapter speaks of it. */
  readonly leastBreadthPx?: number;
  /** Of the labels of a decoration with the same number one is shown: the first that has room. */
  readonly group?: number;
  /** It names a layer: whether it is shown, and how large, is for all layers of the stack to say. */
  readonly layer?: LayerPlace;
  /**
   * Gives way to blocks that its middle line would be in front of; `throughout`: all of it, thin ones too;
   * or only while a cell there is smaller than this.
   */
  readonly avoidsBlocks?: boolean | "throughout" | { readonly belowPx: number };
  /** Moved into view when its anchor is a little outside. */
  readonly staysIn?: boolean;
  /** Shown although something stands before its anchor. */
  readonly isAlwaysOnTop?: boolean;
}

/**
 * Of fixed height, or as high as `cells` cells of the scene: hidden when that is smaller than
 * `leastPx`, and never drawn smaller than can be read.
 */
export type Size =
  | { readonly px: number }
  | { readonly cells: number; readonly leastPx: number; readonly mostPx: number };

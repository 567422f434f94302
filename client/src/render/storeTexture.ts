/** The store of values as a texture: all of it is sent when it is another array, else what has changed. */
import { DataTexture, FloatType, NearestFilter, RGFormat } from "three";
import type { Heap } from "../scene/heap";
import type { Store } from "../scene/store";

export class StoreTexture {
  readonly uniform: { value: DataTexture };
  /** All of it has yet to be sent, whatever else changes meanwhile. */
  private isWhole = true;

  constructor(private readonly store: Store) {
    this.uniform = { value: this.made() };
  }

  /** A heap has been filled; null: something else may have changed. */
  update(heap: Heap | null): void {
    const { store, uniform } = this;
    if (uniform.value.image.data !== store.pairs) {
      uniform.value.dispose();
      uniform.value = this.made();
      return;
    }
    const texture = uniform.value;
    if (heap === null || heap.rows * 2 > store.height) this.isWhole = true;
    if (this.isWhole) texture.clearUpdateRanges();
    else {
      // A range is within one row.
      for (let row = 0; row < heap!.rows; row++) {
        texture.addUpdateRange((heap!.first + row * store.width) * 2, store.width * 2);
      }
    }
    texture.needsUpdate = true;
  }

  dispose(): void {
    this.uniform.value.dispose();
  }

  private made(): DataTexture {
    const { pairs, width, height } = this.store;
    const texture = new DataTexture(pairs, width, height, RGFormat, FloatType);
    texture.minFilter = NearestFilter;
    texture.magFilter = NearestFilter;
    texture.internalFormat = "RG32F";
    this.isWhole = true;
    texture.onUpdate = () => (this.isWhole = false);
    texture.needsUpdate = true;
    return texture;
  }
}

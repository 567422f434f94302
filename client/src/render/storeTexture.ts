/** The store of values as a texture: what has been written is sent at once, in whole rows. */
import {
  Box2,
  DataTexture,
  FloatType,
  NearestFilter,
  RGFormat,
  Vector2,
  type WebGLRenderer,
} from "three";
import type { Store } from "../scene/store";

export class StoreTexture {
  readonly uniform: { value: DataTexture };
  /** The same numbers; three.js copies parts of a texture from another one only. */
  private source: DataTexture;
  private readonly part = new Box2();
  private readonly at = new Vector2();

  constructor(
    private readonly store: Store,
    private readonly renderer: WebGLRenderer,
  ) {
    this.source = this.texture();
    this.uniform = { value: this.made() };
  }

  /** Send what has been written since the last time. */
  update(): void {
    const { store, uniform } = this;
    if (uniform.value.image.data !== store.pairs) {
      uniform.value.dispose();
      this.source = this.texture();
      uniform.value = this.made();
    }
    const { part, at, source } = this;
    for (const [from, to] of store.takeRows()) {
      part.min.set(0, from);
      part.max.set(store.width, to);
      at.set(0, from);
      this.renderer.copyTextureToTexture(source, uniform.value, part, at);
    }
  }

  dispose(): void {
    this.uniform.value.dispose();
  }

  private made(): DataTexture {
    const texture = this.texture();
    // Room is made for all of it, but nothing sent yet: most of it may never be needed. (After the context
    // was lost three.js sends all.)
    texture.addUpdateRange(0, this.store.width * 2);
    texture.needsUpdate = true;
    return texture;
  }

  private texture(): DataTexture {
    const { pairs, width, height } = this.store;
    const texture = new DataTexture(pairs, width, height, RGFormat, FloatType);
    texture.minFilter = NearestFilter;
    texture.magFilter = NearestFilter;
    texture.internalFormat = "RG32F";
    return texture;
  }
}

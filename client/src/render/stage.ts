/** The WebGL context, the scene graph (five meshes) and what their shaders share. */
import { Matrix4, Scene, Vector2, WebGLRenderer } from "three";
import type { PerspectiveCamera } from "three";
import type { Theme } from "../theme/palette";
import { NoWebGL2 } from "./errors";

const FLIP = new Matrix4().makeScale(1, -1, -1);

export class Stage {
  readonly renderer: WebGLRenderer;
  readonly scene = new Scene();
  readonly viewport = { value: new Vector2(1, 1) };
  readonly ratio = { value: 1 };
  /** From the coordinates of the scene, where `y` runs down and `z` away, to those of the screen. */
  readonly toClip = { value: new Matrix4() };
  /** CSS pixels. */
  width = 1;
  height = 1;

  /** Throws NoWebGL2. */
  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("webgl2", {
      alpha: false,
      antialias: true,
      depth: true,
      stencil: false,
      powerPreference: "high-performance",
    });
    if (context === null) throw new NoWebGL2();
    this.renderer = new WebGLRenderer({ canvas, context, antialias: true, alpha: false });
    // Asking whether a program has linked waits for it; a program that has not is a bug of ours.
    this.renderer.debug.checkShaderErrors = import.meta.env.DEV;
    // Meshes are drawn in the order in which they were added.
    this.renderer.sortObjects = false;
    this.scene.matrixAutoUpdate = false;
    this.scene.matrixWorldAutoUpdate = false;
  }

  setTheme(theme: Theme): void {
    this.renderer.setClearColor(theme.background, 1);
  }

  /** Take the size that the canvas has on the page; false when it has none. */
  resize(): boolean {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return false;
    this.width = clientWidth;
    this.height = clientHeight;
    this.viewport.value.set(clientWidth, clientHeight);
    this.ratio.value = 0;
    this.setFineness(1);
    return true;
  }

  /** Draw at this share of the resolution of the screen; 1: one pixel for each of its pixels. */
  setFineness(share: number): void {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2) * share;
    if (ratio === this.ratio.value) return;
    this.ratio.value = ratio;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(this.width, this.height, false);
  }

  draw(camera: PerspectiveCamera): void {
    this.toClip.value
      .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
      .multiply(FLIP);
    this.renderer.render(this.scene, camera);
  }

  dispose(): void {
    this.renderer.dispose();
  }
}

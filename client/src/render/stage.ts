/** The WebGL context, the scene graph (five meshes) and what their shaders share. */
import { Matrix4, type Object3D, Scene, Vector2, Vector3, WebGLRenderer } from "three";
import type { PerspectiveCamera, WebGLProgram } from "three";
import { breath } from "../bundle/breath";
import type { Theme } from "../theme/palette";
import type { Vector } from "./camera";
import { Coarse } from "./coarse";
import { NoPicture, NoWebGL2 } from "./errors";

/** No longer than this is waited for the GPU; then it is used all the same. */
const LONGEST_WAIT_MS = 4000;
const POLL_MS = 4;
const UNPACKING = [
  "UNPACK_ROW_LENGTH",
  "UNPACK_IMAGE_HEIGHT",
  "UNPACK_SKIP_PIXELS",
  "UNPACK_SKIP_ROWS",
  "UNPACK_SKIP_IMAGES",
] as const;

/** What three.js does not declare of its programs: whether it is linked, which may be asked without waiting. */
type Program = WebGLProgram & { isReady(): boolean };

const shift = new Matrix4();
const FLIP = new Matrix4().makeScale(1, -1, -1);

export class Stage {
  readonly renderer: WebGLRenderer;
  readonly scene = new Scene();
  readonly viewport = { value: new Vector2(1, 1) };
  readonly ratio = { value: 1 };
  /**
   * From the coordinates of the scene, where `y` runs down and `z` away, to those of the screen, for
   * points relative to `origin`: see glsl.ts.
   */
  readonly toClip = { value: new Matrix4() };
  readonly origin = { value: new Vector3() };
  /** Draw calls of the last frame. */
  calls = 0;
  private readonly coarse: Coarse;
  private share = 1;
  private fullRatio = 1;
  /** CSS pixels. */
  width = 1;
  height = 1;

  /**
   * The context of a canvas, once the GPU is ready for it; asking for it may block for a good while.
   * Throws NoWebGL2.
   */
  static async contextOf(canvas: HTMLCanvasElement): Promise<WebGL2RenderingContext> {
    // At its size already, else its buffers are made twice; and of a canvas that grows before it is drawn,
    // Chromium does not show the first frames.
    const ratio = ratioOfScreen();
    if (canvas.clientWidth > 0 && canvas.clientHeight > 0) {
      canvas.width = Math.floor(canvas.clientWidth * ratio);
      canvas.height = Math.floor(canvas.clientHeight * ratio);
    }
    canvas.style.visibility = "hidden"; // it is black until something is drawn
    const context = canvas.getContext("webgl2", {
      alpha: false,
      antialias: true,
      depth: true,
      stencil: false,
      powerPreference: "high-performance",
    });
    if (context === null) throw new NoWebGL2();
    await done(context);
    return context;
  }

  constructor(
    readonly canvas: HTMLCanvasElement,
    context: WebGL2RenderingContext,
  ) {
    this.renderer = new WebGLRenderer({ canvas, context, antialias: true, alpha: false });
    // Asking whether a program has linked waits for it; a program that has not is a bug of ours.
    this.renderer.debug.checkShaderErrors = import.meta.env.DEV;
    // Meshes are drawn in the order in which they were added.
    this.renderer.sortObjects = false;
    // Asked while the GPU has nothing to do: with the first texture the answer would be waited for.
    this.renderer.extensions.has("EXT_texture_filter_anisotropic");
    // As they are anyway; what three.js has set itself it need not ask the GPU for.
    const { state } = this.renderer;
    for (const name of UNPACKING) state.pixelStorei(context[name], 0);
    this.coarse = new Coarse(this.renderer);
    this.scene.matrixAutoUpdate = false;
    this.scene.matrixWorldAutoUpdate = false;
  }

  /**
   * Makes the programs of what is in `objects`. Resolves when the GPU has done so: whoever draws with
   * them earlier has to wait, and the page stands still meanwhile.
   */
  async compile(
    camera: PerspectiveCamera,
    objects: readonly Object3D[] = [this.scene],
  ): Promise<void> {
    const { renderer } = this;
    for (const each of objects) renderer.compile(each, camera, this.scene);
    const gl = renderer.getContext() as WebGL2RenderingContext;
    await done(gl);
    // What each takes is asked here, once it is linked, else the first frame waits for all answers.
    for (const program of [...(renderer.info.programs ?? [])] as Program[]) {
      await until(() => gl.isContextLost() || program.isReady());
      if (gl.isContextLost()) return;
      program.getUniforms();
      await breath();
    }
  }

  /** What `draw` needs besides where it draws at less than the full resolution. */
  get shrinking(): Object3D {
    return this.coarse.screen;
  }

  /**
   * Uses programs once, in a single pixel beside the screen, for their first use waits for all that is
   * still being drawn; then the picture as it was.
   */
  warm(camera: PerspectiveCamera, target: Vector, objects: Object3D): void {
    this.coarse.draw(objects, camera, 1, 1);
    this.draw(camera, target);
  }

  /** The context is taken away, and comes back. Returns what stops listening. */
  onLoss(handlers: { readonly lost: () => void; readonly restored: () => void }): () => void {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    this.canvas.addEventListener("webglcontextlost", handlers.lost, options);
    this.canvas.addEventListener("webglcontextrestored", handlers.restored, options);
    return () => stop.abort();
  }

  setTheme(theme: Theme): void {
    this.renderer.setClearColor(theme.background, 1);
    this.coarse.setBackground(theme.background);
  }

  /** Take the size that the canvas has on the page; false when it has none. */
  resize(): boolean {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return false;
    this.width = clientWidth;
    this.height = clientHeight;
    this.viewport.value.set(clientWidth, clientHeight);
    this.setRatio(ratioOfScreen());
    return true;
  }

  /** Draw at this share of the resolution of the screen; 1: one pixel for each of its pixels. */
  setFineness(share: number): void {
    this.share = share;
    this.ratio.value = this.fullRatio * share;
  }

  /** `target`: what the camera looks at. */
  draw(camera: PerspectiveCamera, target: Vector): void {
    this.look(camera, target);
    const { renderer, scene, ratio } = this;
    if (this.share === 1) {
      renderer.render(scene, camera);
      this.calls = renderer.info.render.calls;
    } else {
      const pixels = (px: number): number => Math.max(1, Math.floor(px * ratio.value));
      this.calls = this.coarse.draw(scene, camera, pixels(this.width), pixels(this.height));
    }
  }

  private look(camera: PerspectiveCamera, target: Vector): void {
    const [x, y, z] = target.map(Math.round) as [number, number, number];
    this.origin.value.set(x, y, z);
    this.toClip.value
      .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
      .multiply(FLIP)
      .multiply(shift.makeTranslation(x, y, z));
  }

  /** A PNG of what `draw` shows, with `scale` pixels for each CSS pixel; the screen shows nothing of it. */
  capture(camera: PerspectiveCamera, target: Vector, scale: number): Promise<Blob> {
    const { fullRatio, share } = this;
    this.share = 1;
    this.setRatio(scale);
    this.draw(camera, target);
    // The picture is read in this very task, before the screen is drawn as it was.
    const taken = new Promise<Blob>((resolve, reject) => {
      this.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NoPicture())), "image/png");
    });
    this.setRatio(fullRatio);
    this.setFineness(share);
    this.draw(camera, target);
    return taken;
  }

  /** Pixels of the canvas for each CSS pixel; every change of them waits for the GPU, so once only. */
  private setRatio(ratio: number): void {
    this.fullRatio = this.ratio.value = ratio;
    const { canvas, renderer, width, height } = this;
    const isSame =
      canvas.width === Math.floor(width * ratio) && canvas.height === Math.floor(height * ratio);
    // Before it is told, three.js takes the canvas as it is, at a ratio of 1.
    if (isSame && renderer.getPixelRatio() === ratio) return;
    renderer.setDrawingBufferSize(width, height, ratio);
  }

  dispose(): void {
    this.coarse.dispose();
    this.renderer.dispose();
  }
}

/** Resolves when the GPU has done what it was told; whoever asks it anything earlier stands still meanwhile. */
async function done(gl: WebGL2RenderingContext): Promise<void> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (fence === null) return;
  gl.flush();
  await until(() => gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.UNSIGNALED);
  gl.deleteSync(fence);
}

async function until(isSo: () => boolean): Promise<void> {
  const start = performance.now();
  while (!isSo() && performance.now() - start < LONGEST_WAIT_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function ratioOfScreen(): number {
  return Math.min(globalThis.devicePixelRatio || 1, 2);
}

/**
 * The scene at a lower resolution, drawn beside the screen and then spread over it. The canvas keeps its
 * size: to change that means to wait for every frame that is still being drawn.
 */
import {
  BufferAttribute,
  BufferGeometry,
  type Camera,
  Color,
  GLSL3,
  LinearFilter,
  Mesh,
  RawShaderMaterial,
  type Object3D,
  type WebGLRenderer,
  WebGLRenderTarget,
} from "three";
import { rgb } from "./colour";
import { HEAD } from "./glsl";

const vertexShader = /* glsl */ `
${HEAD}
in vec2 position;
out vec2 uv;
void main() {
  uv = position * 0.5 + 0.5;
  gl_Position = vec4(position, 0.0, 1.0);
}
`;

const fragmentShader = /* glsl */ `
${HEAD}
uniform sampler2D drawn;
in vec2 uv;
out vec4 colour;
void main() { colour = vec4(texture(drawn, uv).rgb, 1.0); }
`;

export class Coarse {
  private target: WebGLRenderTarget | null = null;
  readonly screen: Mesh<BufferGeometry, RawShaderMaterial>;
  private readonly clear = new Color();
  private readonly before = new Color();

  constructor(private readonly renderer: WebGLRenderer) {
    const geometry = new BufferGeometry();
    const corners = new Float32Array([-1, -1, 3, -1, -1, 3]);
    geometry.setAttribute("position", new BufferAttribute(corners, 2));
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: { drawn: { value: null } },
      depthTest: false,
      depthWrite: false,
    });
    this.screen = new Mesh(geometry, material);
    this.screen.frustumCulled = false;
    this.screen.matrixAutoUpdate = false;
  }

  setBackground(background: string): void {
    // In a target of its own three.js takes colours as linear; ours are written as they are.
    this.clear.setRGB(...(rgb(background) as [number, number, number]));
  }

  /** Draw with `width` times `height` pixels; returns the number of draw calls. */
  draw(scene: Object3D, camera: Camera, width: number, height: number): number {
    const { renderer, screen, before } = this;
    this.target ??= new WebGLRenderTarget(width, height, {
      minFilter: LinearFilter,
      magFilter: LinearFilter,
      generateMipmaps: false,
      stencilBuffer: false,
    });
    this.target.setSize(width, height);
    screen.material.uniforms["drawn"]!.value = this.target.texture;
    renderer.getClearColor(before);
    renderer.setClearColor(this.clear, 1);
    renderer.setRenderTarget(this.target);
    renderer.render(scene, camera);
    const { calls } = renderer.info.render;
    renderer.setRenderTarget(null);
    renderer.setClearColor(before, 1);
    renderer.render(screen, camera);
    return calls + 1;
  }

  dispose(): void {
    this.target?.dispose();
    this.screen.geometry.dispose();
    this.screen.material.dispose();
  }
}

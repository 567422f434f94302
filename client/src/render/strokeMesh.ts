/** Lines in one draw: rulers and leaders (straight, `steps` 1), or curves to the sources of a cell. */
import {
  GLSL3,
  InstancedBufferGeometry,
  Mesh,
  NormalBlending,
  RawShaderMaterial,
  type Texture,
} from "three";
import { putBytes, type Rgb } from "./colour";
import { Instances, type Numbers } from "./instances";
import type { Vector } from "./camera";
import type { Stage } from "./stage";
import { strokeFragment, strokeVertex } from "./strokeShader";
import { plus } from "./vectors";

type Point = readonly [x: number, y: number, z: number];

export interface Stroke {
  readonly from: Point;
  readonly to: Point;
  /** How far the inner points of the curve stand out; none: straight. */
  readonly bend?: Point;
  /** CSS pixels that the ends are moved by on the screen: right and down, of `from` and of `to`. */
  readonly shift?: readonly [number, number, number, number];
  readonly colour: Rgb;
  readonly alpha: number;
  readonly widthPx: number;
  /** Length of an arrow head at the end, in CSS pixels. */
  readonly headPx?: number;
  /** The label that it is shown with. */
  readonly label?: number;
}

export interface Strokes {
  readonly strokes: readonly Stroke[];
  readonly offset: Vector;
  readonly firstLabel: number;
}

const FIELDS = {
  from: { kind: "float", items: 3 },
  to: { kind: "float", items: 3 },
  bend: { kind: "float", items: 3 },
  shift: { kind: "float", items: 4 },
  style: { kind: "float", items: 3 },
  tint: { kind: "colour", items: 4 },
} as const;
type Name = keyof typeof FIELDS;

const NO_SHIFT = [0, 0, 0, 0] as const;
const STRAIGHT = [0, 0, 0] as const;

export class StrokeMesh {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  private readonly instances: Instances<Name>;

  constructor(stage: Stage, state: { value: Texture }, steps: number) {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: strokeVertex,
      fragmentShader: strokeFragment,
      uniforms: {
        state,
        viewport: stage.viewport,
        toClip: stage.toClip,
        origin: stage.origin,
        dim: { value: 0 },
      },
      transparent: true,
      depthWrite: false,
      depthTest: steps === 1,
      blending: NormalBlending,
    });
    this.mesh = new Mesh(new InstancedBufferGeometry(), material);
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
    this.instances = new Instances(this.mesh, { data: strip(steps), items: 2 }, FIELDS);
  }

  /**
   * Strokes of several models, each in its own coordinates, moved by its offset; the labels that they
   * are shown with count from `firstLabel`.
   */
  set(parts: readonly Strokes[]): void {
    const count = parts.reduce((sum, { strokes }) => sum + strokes.length, 0);
    this.instances.reserve(count);
    const into = (name: Name): Numbers => this.instances.array(name);
    let i = 0;
    for (const { strokes, offset, firstLabel } of parts) {
      for (const stroke of strokes) {
        const label = stroke.label === undefined ? -1 : firstLabel + stroke.label;
        into("from").set(plus(stroke.from, offset), i * 3);
        into("to").set(plus(stroke.to, offset), i * 3);
        into("bend").set(stroke.bend ?? STRAIGHT, i * 3);
        into("shift").set(stroke.shift ?? NO_SHIFT, i * 4);
        into("style").set([stroke.widthPx, stroke.headPx ?? 0, label], i * 3);
        putBytes(into("tint") as Uint8Array, i * 4, stroke.colour, stroke.alpha);
        i += 1;
      }
    }
    this.instances.commit(count);
  }

  setDim(amount: number): void {
    this.mesh.material.uniforms["dim"]!.value = amount;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

/** A strip of triangles along a curve, as separate triangles, and the head at its end. */
function strip(steps: number): Float32Array {
  const corners: number[] = [];
  for (let i = 0; i < steps; i++) {
    const [a, b] = [i / steps, (i + 1) / steps];
    corners.push(a, -1, b, -1, a, 1, a, 1, b, -1, b, 1);
  }
  if (steps > 1) corners.push(2, -1, 3, 0, 2, 1);
  return new Float32Array(corners);
}

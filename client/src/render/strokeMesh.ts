/** Lines in one draw: rulers and leaders (straight, `steps` 1), or curves to the sources of a cell. */
import {
  GLSL3,
  type InstancedBufferGeometry,
  type Mesh,
  NormalBlending,
  RawShaderMaterial,
  type Texture,
} from "three";
import { putBytes, type Rgb } from "./colour";
import { Instances, meshOf, type Numbers } from "./instances";
import type { Vector } from "./camera";
import type { Stage } from "./stage";
import { strokeFragment, strokeVertex } from "./strokeShader";
import { HIDDEN } from "./labelStates";
import { Segments } from "./segments";
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

/** Strokes of one model in its own coordinates, moved by its offset; their labels count from `firstLabel`. */
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
  private readonly room = new Segments();

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
    this.mesh = meshOf(material);
    this.instances = new Instances(this.mesh, { data: strip(steps), items: 2 }, FIELDS);
  }

  /** These strokes and no others. */
  set(part: Strokes | null): void {
    const count = part?.strokes.length ?? 0;
    this.instances.reserve(count);
    if (part !== null) this.write(part, 0);
    this.instances.commit(count);
  }

  /** These beside those that are there; returns where they are, for `remove`. */
  add(part: Strokes): number {
    const { instances, room } = this;
    const before = room.end;
    const count = part.strokes.length;
    const from = room.take(count);
    instances.reserve(Math.max(room.end, before), before);
    this.write(part, from);
    instances.touchAll(from, from + count, room.end);
    return from;
  }

  remove(from: number, count: number): void {
    const { instances, room } = this;
    const style = instances.array("style");
    for (let i = from; i < from + count; i++) style[i * 3 + 2] = HIDDEN;
    room.give(from, count);
    instances.touchAll(from, Math.min(from + count, room.end), room.end);
  }

  private write({ strokes, offset, firstLabel }: Strokes, from: number): void {
    const into = (name: Name): Numbers => this.instances.array(name);
    let i = from;
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

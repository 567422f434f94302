/**
 * Flat rectangles in one draw: the marks on cells (hovered, its row and column, its sources), the
 * boxes of the tokens and the bars of the predictions. Borders have a constant width on the screen.
 */
import { GLSL3, type InstancedBufferGeometry, type Mesh, RawShaderMaterial } from "three";
import { putBytes, type Rgb } from "./colour";
import { CUT, HEAD, PLACE } from "./glsl";
import { CUT_QUAD, Instances, meshOf, type Numbers } from "./instances";
import type { Vector } from "./camera";
import type { Stage } from "./stage";
import { plus } from "./vectors";

export interface Panel {
  /** The top left corner, in the coordinates of the scene. */
  readonly at: readonly [x: number, y: number, z: number];
  readonly size: readonly [width: number, height: number];
  readonly fill: Rgb;
  readonly fillAlpha: number;
  readonly border: Rgb;
  readonly borderAlpha: number;
  readonly borderPx: number;
  /** Never smaller than this on the screen, in CSS pixels. */
  readonly leastPx?: number;
  /** Only every nth column and row of it is there. */
  readonly steps?: readonly [columns: number, rows: number];
  /** A mark lies on cells: it is drawn over their fronts. */
  readonly isMark?: boolean;
}

/** Panels of one model in its own coordinates, moved by its offset. */
export interface PanelPart {
  readonly panels: readonly Panel[];
  readonly offset: Vector;
}

const vertexShader = /* glsl */ `
${HEAD}
${PLACE}
${CUT}
uniform vec2 viewport;
in vec2 position;
in vec3 corner;
in vec2 size;
in vec4 fill;
in vec4 border;
in vec3 style;      // border in CSS pixels, least size in CSS pixels, is a mark
in vec2 steps;
out vec2 at;
flat out vec2 extent;
flat out vec4 fillColour;
flat out vec4 borderColour;
flat out float borderPx;
flat out vec2 stride;
void main() {
  vec3 middle = corner + vec3(0.5 * size, 0.0);
  vec4 a = place(middle), b = place(middle + vec3(0.5, 0.0, 0.0)), c = place(middle + vec3(0.0, 0.5, 0.0));
  vec2 o = a.xy / max(a.w, 1e-3);
  vec2 cellPx = vec2(
    length((b.xy / max(b.w, 1e-3) - o) * viewport),
    length((c.xy / max(c.w, 1e-3) - o) * viewport));
  vec2 grown = max(size, style.y / max(cellPx, vec2(1e-4)));
  extent = grown;
  vec3 first = middle - vec3(0.5 * grown, 0.0);
  at = vec2(
    cutAt(position.x, grown.x, first.x - origin.x),
    cutAt(position.y, grown.y, first.y - origin.y));
  fillColour = fill;
  borderColour = border;
  borderPx = style.x;
  stride = steps;
  gl_Position = placeNear((first - origin) + vec3(at, 0.0));
  // Marks lie on the fronts of cells: a little nearer, but not so much that others are covered.
  gl_Position.z -= style.z * 0.00006 * gl_Position.w;
}
`;

const fragmentShader = /* glsl */ `
${HEAD}
in vec2 at;
flat in vec2 extent;
flat in vec4 fillColour;
flat in vec4 borderColour;
flat in float borderPx;
flat in vec2 stride;
out vec4 colour;
void main() {
  vec2 perPx = max(fwidth(at), vec2(1e-4));
  vec2 cell = mod(floor(at), stride);
  if (cell.x > 0.5 || cell.y > 0.5) discard;
  vec2 edge = min(at, extent - at) / perPx;
  if (stride.x > 1.5) edge.x = min(fract(at.x), 1.0 - fract(at.x)) / perPx.x;
  if (stride.y > 1.5) edge.y = min(fract(at.y), 1.0 - fract(at.y)) / perPx.y;
  float rim = 1.0 - smoothstep(borderPx - 0.5, borderPx + 0.5, min(edge.x, edge.y));
  float alpha = mix(fillColour.a, borderColour.a, rim);
  colour = vec4(mix(fillColour.rgb, borderColour.rgb, rim), alpha);
}
`;

const FIELDS = {
  corner: { kind: "float", items: 3 },
  size: { kind: "float", items: 2 },
  style: { kind: "float", items: 3 },
  steps: { kind: "float", items: 2 },
  fill: { kind: "colour", items: 4 },
  border: { kind: "colour", items: 4 },
} as const;
type Name = keyof typeof FIELDS;

const ALL = [1, 1] as const;

export class PanelMesh {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  private readonly instances: Instances<Name>;

  constructor({ viewport, toClip, origin }: Stage) {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: { viewport, toClip, origin },
      transparent: true,
      depthWrite: false,
    });
    this.mesh = meshOf(material);
    this.instances = new Instances(this.mesh, CUT_QUAD, FIELDS);
  }

  set(parts: readonly PanelPart[]): void {
    const count = parts.reduce((sum, { panels }) => sum + panels.length, 0);
    this.instances.reserve(count);
    const into = (name: Name): Numbers => this.instances.array(name);
    let i = 0;
    for (const { panels, offset } of parts) {
      for (const panel of panels) {
        into("corner").set(plus(panel.at, offset), i * 3);
        into("size").set(panel.size, i * 2);
        into("style").set([panel.borderPx, panel.leastPx ?? 0, panel.isMark ? 1 : 0], i * 3);
        into("steps").set(panel.steps ?? ALL, i * 2);
        putBytes(into("fill") as Uint8Array, i * 4, panel.fill, panel.fillAlpha);
        putBytes(into("border") as Uint8Array, i * 4, panel.border, panel.borderAlpha);
        i += 1;
      }
    }
    this.instances.commit(count);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

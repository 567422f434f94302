/** How letters are drawn: from a distance field, with a halo, so that they are legible on whatever lies behind. */
import { GLSL3, RawShaderMaterial, type Texture, Vector3 } from "three";
import type { Theme } from "../theme/palette";
import type { Atlas } from "./atlas";
import { rgb } from "./colour";
import { HEAD, PLACE } from "./glsl";
import type { Stage } from "./stage";

/** Numbers of the place of a letter, in one pixel. */
export const FINE = 32;

const vertexShader = /* glsl */ `
${HEAD}
${PLACE}
uniform sampler2D state;     // alpha, scale, shift right and down in CSS pixels
uniform vec2 viewport;       // CSS pixels
uniform float ratio;
in vec2 position;
in vec3 anchor;
in vec4 rect;
in vec4 texels;
in vec4 tint;
in vec2 info;                // label, weight
out vec2 uv;
flat out vec4 hue;
flat out float texelsPerPx;  // device pixels
flat out float weight;
void main() {
  int label = int(info.x);
  vec4 now = texelFetch(state, ivec2(label & 255, label >> 8), 0);
  vec4 p = place(anchor);
  if (now.r < 0.01 || p.w < 0.001) { gl_Position = vec4(0.0, 0.0, 2.0, 1.0); return; }
  vec2 pen = (p.xy / p.w * vec2(0.5, -0.5) + 0.5) * viewport + now.zw;
  // Pens on whole device pixels, so that upright strokes are crisp.
  pen = floor(pen * ratio + 0.5) / ratio;
  vec4 px = rect * (now.g / ${FINE}.0);
  vec2 xy = pen + px.xy + position * px.zw;
  uv = texels.xy + position * texels.zw;
  hue = vec4(tint.rgb, tint.a * now.r);
  weight = info.y / 255.0;
  texelsPerPx = texels.z / max(px.z * ratio, 0.01);
  gl_Position = vec4((xy / viewport * 2.0 - 1.0) * vec2(1.0, -1.0), 0.0, 1.0);
}
`;

const fragmentShader = /* glsl */ `
${HEAD}
uniform sampler2D atlas;
uniform float radius;
uniform float ratio;
uniform vec3 halo;
uniform float dim;
in vec2 uv;
flat in vec4 hue;
flat in float texelsPerPx;
flat in float weight;
out vec4 colour;
void main() {
  float field = texture(atlas, uv / ${1024}.0).r;
  float perPx = texelsPerPx / radius;
  float edge = 0.75 - weight * 0.10;
  float soft = 0.55 * perPx;
  float body = smoothstep(edge - soft, edge + soft, field);
  float ring = smoothstep(edge - perPx * ratio * 2.6, edge - perPx * ratio * 0.6, field);
  float alpha = max(body, ring * 0.88);
  if (alpha < 0.01) discard;
  colour = vec4(mix(halo, hue.rgb, body), alpha * hue.a * (1.0 - dim));
}
`;

/** `state`: see labelStates.ts. */
export function glyphMaterial(
  atlas: Atlas,
  stage: Stage,
  state: { value: Texture },
): RawShaderMaterial {
  return new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader,
    fragmentShader,
    uniforms: {
      state,
      viewport: stage.viewport,
      ratio: stage.ratio,
      toClip: stage.toClip,
      origin: stage.origin,
      atlas: { value: atlas.texture },
      radius: { value: atlas.radius },
      halo: { value: new Vector3() },
      dim: { value: 0 },
    },
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });
}

export function setHalo(material: RawShaderMaterial, theme: Theme): void {
  const [r, g, b] = rgb(theme.background);
  material.uniforms["halo"]!.value.set(r, g, b);
}

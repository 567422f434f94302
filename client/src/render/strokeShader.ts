/**
 * Lines of constant width on the screen: an instance is one cubic curve; a ruler is a straight one.
 *
 * `state` is the texture of labels (see labelLayer.ts): a line that belongs to a label is shown with it.
 */
import { HEAD, PLACE } from "./glsl";

export const strokeVertex = /* glsl */ `
${HEAD}
${PLACE}
uniform sampler2D state;
uniform vec2 viewport;        // CSS pixels
in vec2 position;             // along (0 to 1; 2: corners of the head), side (-1, 1)
in vec3 from;
in vec3 to;
in vec3 bend;                 // how far the two inner points of the curve stand out
in vec4 shift;                // CSS pixels that both ends are moved by: x, y of from, x, y of to
in vec4 tint;
in vec3 style;                // width in CSS pixels, length of the head, label or -1
out vec4 hue;
out float across;
out float halfWidth;

vec3 curve(float t) {
  vec3 a = from, b = from + bend, c = to + bend, d = to;
  float s = 1.0 - t;
  return s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d;
}

vec3 onScreen(float t) {      // CSS pixels from the centre, y up, and w
  vec4 p = place(curve(t));
  vec2 move = mix(shift.xy, shift.zw, t) * vec2(1.0, -1.0);
  return vec3(p.xy / max(p.w, 1e-3) * 0.5 * viewport + move, p.w);
}

void main() {
  vec3 a = onScreen(0.0), d = onScreen(1.0);
  float span = max(length(a.xy - d.xy), 1.0);
  float head = style.y > 0.0 ? clamp(style.y / span, 0.0, 0.5) : 0.0;
  bool inHead = position.x > 1.5;
  float t = inHead ? (position.x > 2.5 ? 1.0 : 1.0 - head) : position.x * (1.0 - head);
  vec3 p = onScreen(t);
  vec3 q = onScreen(min(t + 0.01, 1.0)), o = onScreen(max(t - 0.01, 0.0));
  vec2 along = q.xy - o.xy;
  along = dot(along, along) > 1e-8 ? normalize(along) : vec2(1.0, 0.0);
  halfWidth = 0.5 * style.x;
  if (inHead) halfWidth = position.x > 2.5 ? 0.0 : style.y * 0.42;
  float reach = halfWidth + 0.75;
  across = position.y * reach;
  vec2 xy = p.xy + vec2(-along.y, along.x) * across;
  float alpha = 1.0;
  if (style.z >= 0.0) {
    int label = int(style.z);
    alpha = texelFetch(state, ivec2(label % 256, label / 256), 0).r;
  }
  hue = vec4(tint.rgb, tint.a * alpha * (style.y > 0.0 ? mix(0.45, 1.0, t) : 1.0));
  vec4 clip = place(curve(t));
  gl_Position = alpha < 0.01 ? vec4(0.0, 0.0, 2.0, 1.0) : vec4(xy / (0.5 * viewport) * clip.w, clip.z, clip.w);
}
`;

export const strokeFragment = /* glsl */ `
${HEAD}
uniform float dim;
in vec4 hue;
in float across;
in float halfWidth;
out vec4 colour;
void main() {
  float cover = 1.0 - smoothstep(halfWidth - 0.5, halfWidth + 0.5, abs(across));
  colour = vec4(hue.rgb, hue.a * cover * (1.0 - dim));
}
`;

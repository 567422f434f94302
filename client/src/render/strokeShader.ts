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

vec2 px(vec4 p) { return p.xy / max(p.w, 1e-3) * 0.5 * viewport; }

void main() {
  vec2 first = shift.xy * vec2(1.0, -1.0), last = shift.zw * vec2(1.0, -1.0);
  vec2 a = px(place(from)) + first, d = px(place(to)) + last;
  float head = style.y > 0.0 ? clamp(style.y / max(length(a - d), 1.0), 0.0, 0.5) : 0.0;
  bool inHead = position.x > 1.5;
  float t = inHead ? (position.x > 2.5 ? 1.0 : 1.0 - head) : position.x * (1.0 - head);
  float s = 1.0 - t;
  // A cubic whose inner points are the ends, moved by bend; and which way it goes there.
  float lift = 3.0 * s * t;
  vec3 point = mix(from, to, t * t * (3.0 - 2.0 * t)) + lift * bend;
  vec3 way = 6.0 * s * t * (to - from) + 3.0 * (s - t) * bend;
  bool isStraight = dot(bend, bend) == 0.0;
  point = isStraight ? mix(from, to, t) : point;
  vec4 clip = place(point);
  vec2 p = px(clip) + mix(first, last, t);
  vec2 q = px(place(point + way * 0.01)) + mix(first, last, t);
  vec2 along = isStraight ? d - a : q - p;
  along = dot(along, along) > 1e-8 ? normalize(along) : vec2(1.0, 0.0);
  halfWidth = 0.5 * style.x;
  if (inHead) halfWidth = position.x > 2.5 ? 0.0 : style.y * 0.42;
  across = position.y * (halfWidth + 0.75);
  vec2 xy = p + vec2(-along.y, along.x) * across;
  int label = int(style.z);
  float alpha = label < 0 ? 1.0 : texelFetch(state, ivec2(label & 255, label >> 8), 0).r;
  hue = vec4(tint.rgb, tint.a * alpha * (style.y > 0.0 ? mix(0.45, 1.0, t) : 1.0));
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
  float cover = clamp(halfWidth + 0.5 - abs(across), 0.0, 1.0);
  colour = vec4(hue.rgb, hue.a * cover * (1.0 - dim));
}
`;

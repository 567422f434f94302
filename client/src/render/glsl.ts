/** Pieces that several shaders share. */

export const HEAD = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
`;

/**
 * From the coordinates of the scene to those of the screen. Large models are so far apart that 32 bits
 * would be too few for both ends of a multiplication: points are taken relative to `origin`, a point of
 * whole cells near what the camera looks at. Both are set once for each frame.
 */
export const PLACE = /* glsl */ `
uniform mat4 toClip;
uniform vec3 origin;
vec4 placeNear(vec3 fromOrigin) { return toClip * vec4(fromOrigin, 1.0); }
vec4 place(vec3 scene) { return placeNear(scene - origin); }
`;

/**
 * Sides of tens of thousands of cells: what interpolates along one triangle so long is some pixels off. So
 * they are cut in three, with the middle part around what the camera looks at; `p` is 0, 1 or at a cut.
 */
export const CUT = /* glsl */ `
float cutAt(float p, float size, float fromOrigin) {
  if (p < 0.2) return 0.0;
  if (p > 0.8) return size;
  return clamp(floor(-fromOrigin) + (p < 0.5 ? -512.0 : 512.0), 0.0, size);
}
`;
/** Sides from which on that is seen. */
export const LONG_CELLS = 2048;

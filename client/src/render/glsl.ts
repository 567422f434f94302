/** Pieces that several shaders share. */

/** From the coordinates of the scene (`y` down, `z` away) to those of three.js (`y` up, `z` near). */
export const HEAD = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
`;

export const PLACE = /* glsl */ `
uniform mat4 projectionMatrix;
uniform mat4 viewMatrix;
vec4 place(vec3 scene) {
  return projectionMatrix * (viewMatrix * vec4(scene.x, -scene.y, -scene.z, 1.0));
}
`;

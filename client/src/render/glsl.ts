/** Pieces that several shaders share. */

export const HEAD = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
`;

/** From the coordinates of the scene to those of the screen; `toClip` is set once for each frame. */
export const PLACE = /* glsl */ `
uniform mat4 toClip;
vec4 place(vec3 scene) { return toClip * vec4(scene, 1.0); }
`;

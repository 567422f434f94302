/**
 * Build step: leaves out of three.js what this page never runs, over 40 kB of what a visitor would fetch.
 *
 * Every material of ours is a `RawShaderMaterial`, which brings the whole text of its shaders, so the
 * shaders of three's own materials are never compiled and their settings never handed on; nothing here
 * has a light, a shadow, an environment, a morph target, a background but a colour, or a moving part of
 * three's own; and nothing is shown in a headset. All that is cut out by where it stands in three's
 * files: when that changes, the build fails and says so.
 */
import type { Plugin } from "vite";

/** What stands from the first text to before the second one, and what takes its place. */
type Cut = readonly [from: string, to: string, instead: string];

const RENDERER: readonly Cut[] = [
  ["\nconst UniformsLib = {", "\nconst _rgb =", "\nconst UniformsLib = {}, ShaderLib = {};\n"],
  // A colour is cleared with; a picture would be drawn.
  [
    "\n\tfunction addToRenderList(",
    "\n\tfunction setClear(",
    "\n\tfunction addToRenderList() {}\n",
  ],
  [
    "\nfunction WebGLEnvironments(",
    "\nfunction WebGLExtensions(",
    "\nfunction WebGLEnvironments() { return { get: (texture) => texture, dispose() {} }; }\n",
  ],
  [
    "\nfunction WebGLMorphtargets(",
    "\nfunction WebGLObjects(",
    "\nfunction WebGLMorphtargets() { return { update() {} }; }\n",
  ],
  // Only for a canvas of more than eight bits a colour.
  ["\nfunction WebGLOutput(", "\nconst emptyTexture =", "\nfunction WebGLOutput() {}\n"],
  [
    "\n\tfunction setup( lights ) {",
    "\n\treturn {\n\t\tsetup: setup,\n\t\tsetupView:",
    "\n\tfunction setup() {}\n\tfunction setupView() {}\n",
  ],
  [
    "\nfunction WebGLShadowMap(",
    "\nfunction WebGLState(",
    "\nfunction WebGLShadowMap() { this.enabled = false; this.type = PCFShadowMap; this.render = () => {}; }\n",
  ],
  [
    "\nclass WebXRManager ",
    "\nfunction WebGLMaterials(",
    `
class WebXRManager extends EventDispatcher {
  enabled = false;
  isPresenting = false;
  getEnvironmentBlendMode() {}
  setAnimationLoop() {}
  dispose() {}
}
`,
  ],
  [
    "\nfunction WebGLMaterials(",
    "\nfunction WebGLUniformsGroups(",
    "\nfunction WebGLMaterials() { return { refreshMaterialUniforms(_, material) { material.uniformsNeedUpdate = false; } }; }\n",
  ],
  [
    "\nfunction WebGLUniformsGroups(",
    "\nconst DATA = new Uint16Array( [",
    "\nfunction WebGLUniformsGroups() { return { dispose() {} }; }\n",
  ],
  [
    "\nconst DATA = new Uint16Array( [",
    "\nclass WebGLRenderer {",
    "\nfunction getDFGLUT() { return null; }\n",
  ],
];

/** Assignments that would keep classes which nothing else asks for. */
const CORE: readonly Cut[] = [
  ["\nPropertyBinding.Composite = ", "\n/**", "\n"],
  ["\nLoader.DEFAULT_MATERIAL_NAME = ", "\n\n", "\n"],
];
const KEYFRAMES = /^\w*KeyframeTrack\.prototype\.\w+ = .*;$/gm;

/** `var fog_vertex = "…";`, a line of its own. */
const SHADER = /^((?:var|const) [\w$]+ = )"(?:[^"\\]|\\.)*"(?=;$)/gm;

export const slimThree: Plugin = {
  name: "slim-three",
  transform(code, id) {
    if (id.endsWith("three/build/three.core.js")) {
      return { code: withoutKeyframes(CORE.reduce(without, code)), map: null };
    }
    if (!id.endsWith("three/build/three.module.js")) return null;
    return { code: withoutShaders(RENDERER.reduce(without, code)), map: null };
  },
};

function without(code: string, [from, to, instead]: Cut): string {
  const start = code.indexOf(from);
  const end = code.indexOf(to, start + from.length);
  if (start < 0 || end < 0 || code.indexOf(from, start + 1) >= 0) throw otherwise(from);
  return code.slice(0, start) + instead + code.slice(end);
}

function withoutKeyframes(code: string): string {
  if (!KEYFRAMES.test(code)) throw otherwise("KeyframeTrack");
  return code.replace(KEYFRAMES, "");
}

function withoutShaders(code: string): string {
  const start = code.indexOf("const ShaderChunk = {");
  if (start < 0) throw otherwise("ShaderChunk");
  return code.slice(0, start).replace(SHADER, '$1""') + code.slice(start);
}

function otherwise(than: string): Error {
  return new Error(
    `three.js is laid out otherwise than slimThree.ts expects: look at both for ${than.trim()}`,
  );
}

/**
 * Build step: leaves out of three.js what this page never runs, nearly 30 kB of what a visitor would fetch.
 *
 * Every material of ours is a `RawShaderMaterial`, which brings the whole text of its shaders, so the
 * shaders of three's own materials are never compiled; and nothing here is shown in a headset. Both
 * are cut out by where they stand in three's file: when that changes, the build fails and says so.
 */
import type { Plugin } from "vite";

/** The part of a pass that stays when nobody is in a headset. */
const NO_HEADSET = `class WebXRManager extends EventDispatcher {
  enabled = false;
  isPresenting = false;
  getEnvironmentBlendMode() {}
  setAnimationLoop() {}
  dispose() {}
}
`;

export const slimThree: Plugin = {
  name: "slim-three",
  transform(code, id) {
    if (!id.endsWith("three/build/three.module.js")) return null;
    const shaders = code.indexOf("const ShaderChunk = {");
    const [from, to] = [
      code.indexOf("class WebXRManager "),
      code.indexOf("function WebGLMaterials("),
    ];
    if (shaders < 0 || from < shaders || to < from) {
      throw new Error("three.js is laid out otherwise than slimThree.ts expects: look at both");
    }
    const texts = code.slice(0, shaders).replace(SHADER, '$1""');
    return { code: texts + code.slice(shaders, from) + NO_HEADSET + code.slice(to), map: null };
  },
};

/** `var fog_vertex = "…";`, a line of its own. */
const SHADER = /^((?:var|const) [\w$]+ = )"(?:[^"\\]|\\.)*"(?=;$)/gm;

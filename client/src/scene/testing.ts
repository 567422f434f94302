/** For tests: a model of two layers, heads in depth, with boxes at places one can check in the head. */
import { modelOf } from "../bundle/testing";
import type * as wire from "../bundle/wire";
import { type Block, blocksOf } from "./blocks";

const axis = (
  name: string,
  kind: string,
  size: number,
  length_of: string | null = null,
): wire.Axis => ({
  name,
  kind,
  size,
  length_of,
});

export const KINDS: wire.AxisKind[] = [
  { name: "token", letter: "T", label: "token position", colour: 0 },
  { name: "channel", letter: "C", label: "channel", colour: 1 },
  { name: "head", letter: "H", label: "head", colour: 2 },
];

/** `q` is [t, h, a] and stands with `t` right, `a` down and `h` in depth, 10 cells apart. */
export const HEADS = modelOf({
  name: "heads",
  axes: [
    axis("t", "token", 6, "tokens"),
    axis("h", "head", 3),
    axis("a", "channel", 4),
    axis("c", "channel", 5),
  ],
  tensors: [
    { name: "tokens", label: "tokens", axes: ["t"], role: "input", integer: true },
    {
      name: "blocks.*.q",
      label: "query",
      axes: ["t", "h", "a"],
      role: "activation",
      layers: [0, 1],
    },
    { name: "blocks.*.W", label: "weights", axes: ["h", "c", "a"], role: "weight", layers: [0, 1] },
    { name: "blocks.*.b", label: "bias", axes: ["c"], role: "weight", layers: [1] },
    { name: "logits", label: "logits", axes: ["t", "c"], role: "activation" },
    { name: "probs", label: "probabilities", axes: ["t", "c"], role: "activation" },
  ],
  root: {
    path: "",
    label: "heads",
    kind: "model",
    tensors: ["tokens", "logits", "probs"],
    modules: [
      {
        path: "blocks.*",
        label: "Block",
        kind: "block",
        layers: [0, 1],
        modules: [
          { path: "blocks.*.attn", label: "Attention", kind: "attention", tensors: ["blocks.*.q"] },
        ],
      },
    ],
  },
  scene: {
    boxes: [
      { tensor: "tokens", x: 0, y: -20, z: 0, columns: "t" },
      { tensor: "blocks.*.q", x: 0, y: 0, z: 0, columns: "t", rows: "a", depth: "h", pitch: 10 },
      { tensor: "blocks.*.W", x: -20, y: 0, z: 0, columns: "c", rows: "a", depth: "h", pitch: 10 },
      { tensor: "blocks.*.b", x: -30, y: 0, z: 0, rows: "c" },
      { tensor: "logits", x: 0, y: 200, z: 0, columns: "t", rows: "c" },
      { tensor: "probs", x: 0, y: 220, z: 0, columns: "t", rows: "c" },
    ],
    frames: [
      { module: "", x: -40, y: -20, z: 0, width: 60, height: 260, depth: 21 },
      { module: "blocks.*.attn", x: -20, y: 0, z: 0, width: 26, height: 4, depth: 21 },
      { module: "blocks.*", x: -30, y: 0, z: 0, width: 36, height: 8, depth: 21 },
    ],
    ribbons: [
      {
        source: "blocks.<.q",
        target: "blocks.*.q",
        points: [
          [3, -10, 0],
          [3, -1, 0],
        ],
        width: 2,
        role: "residual",
        layers: [1],
      },
      {
        source: "tokens",
        target: "blocks.0.q",
        points: [
          [3, -18, 0],
          [3, -1, 0],
        ],
        width: 1,
        role: "input",
      },
    ],
    offsets: {
      blocks: [
        { x: 0, y: 0, z: 0 },
        { x: 0, y: 100, z: 0 },
      ],
    },
  },
  context: 6,
  logits: "logits",
  probabilities: "probs",
  vocabulary: { size: 5, tokens: ["A", "B", "C", "D", "E"] },
});

/** The block of a tensor of `HEADS`. */
export function blockNamed(name: string, model = HEADS): Block {
  const block = blocksOf(model).find(({ tensor }) => tensor === name);
  if (block === undefined) throw new Error(`no block ${name}`);
  return block;
}

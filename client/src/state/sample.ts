/** A model of two layers, small enough to read, for the tests of this folder. */
import { LoadedModel } from "../bundle/model";
import { modelOf } from "../bundle/testing";
import type { Box, Cell, Expr, Index, Module, Tensor } from "../bundle/wire";

const index = (axis: string): Index => ["index", axis];
const cell = (tensor: string, ...indices: Expr[]): Cell => ["cell", tensor, indices];

const tensors: Tensor[] = [
  { name: "tokens", label: "tokens", axes: ["t"], role: "input", integer: true },
  { name: "W_E", label: "token embedding", axes: ["v", "c"], role: "weight" },
  {
    name: "embed",
    label: "embedding",
    axes: ["t", "c"],
    role: "activation",
    formula: cell("W_E", cell("tokens", index("t")), index("c")),
  },
  { name: "blocks.*.W", label: "matrix", axes: ["h", "c"], role: "weight", layers: [0, 1] },
  {
    name: "blocks.*.x",
    label: "product",
    axes: ["t", "h"],
    role: "activation",
    layers: [0, 1],
    formula: [
      "reduce",
      "sum",
      "c",
      [
        "apply",
        "*",
        [cell("embed", index("t"), index("c")), cell("blocks.*.W", index("h"), index("c"))],
      ],
    ],
  },
  { name: "probs", label: "probabilities", axes: ["t", "v"], role: "activation" },
];

const root: Module = {
  path: "",
  label: "sample",
  kind: "model",
  tensors: ["tokens", "probs"],
  modules: [
    { path: "embedding", label: "Embedding", kind: "embedding", tensors: ["W_E", "embed"] },
    {
      path: "blocks.*",
      label: "Block",
      kind: "block",
      layers: [0, 1],
      tensors: ["blocks.*.W", "blocks.*.x"],
    },
  ],
};

const boxes: Box[] = [
  { tensor: "embed", x: 0, y: 0, z: 0, columns: "t", rows: "c" },
  { tensor: "blocks.*.x", x: 0, y: 9, z: 0, columns: "t", depth: "h" },
];

export const sampleSpec = modelOf({
  name: "sample",
  axes: [
    { name: "t", kind: "token", size: 4, length_of: "tokens" },
    { name: "c", kind: "channel", size: 3, length_of: null },
    { name: "h", kind: "head", size: 2, length_of: null },
    { name: "v", kind: "vocabulary", size: 3, length_of: null },
  ],
  tensors,
  root,
  scene: { boxes, frames: [], ribbons: [], offsets: {} },
  context: 4,
  probabilities: "probs",
});

export const sample = new LoadedModel(sampleSpec);

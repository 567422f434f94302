/** For tests: models in the wire format, and a small one of two layers whose numbers can be checked in the head. */
import { LoadedModel } from "./model";
import type { ValueArray } from "./safetensors";
import { Values } from "./values";
import type * as wire from "./wire";

const i = (axis: string): wire.Index => ["index", axis];
const cell = (tensor: string, ...indices: wire.Expr[]): wire.Cell => ["cell", tensor, indices];

/** What a model of a test says of itself; all else is as in a model without values, and its vocabulary is A, B, C. */
type Said = "name" | "axes" | "tensors" | "root" | "scene" | "context" | "probabilities";

export function modelOf(said: Pick<wire.Model, Said> & Partial<wire.Model>): wire.Model {
  return {
    title: said.name[0]!.toUpperCase() + said.name.slice(1),
    family: "test",
    description: "",
    cost: {
      parameters: 0,
      active_parameters: 0,
      multiply_adds: 0,
      bytes: 0,
      cache_bytes_per_token: 0,
      cache_bytes_full: 0,
      tokens: said.context,
    },
    tokens: "tokens",
    decoder: null,
    decoder_prompt: [],
    logits: said.probabilities,
    predicts: "next",
    vocabulary: { size: 3, tokens: ["A", "B", "C"] },
    weights: null,
    prompt: [0, 1],
    run: null,
    no_values: "",
    facts: {},
    tours: [],
    parts: [],
    sizes: {},
    traits: {},
    stages: [],
    whole: null,
    true_context: 8,
    ...said,
  };
}

/** x is looked up by token; each layer adds y = Sum(d, x[t, d] * W[c, d]). */
export const TINY = modelOf({
  name: "tiny",
  axes: [
    { name: "t", kind: "token", size: 4, length_of: "tokens" },
    { name: "c", kind: "channel", size: 2, length_of: null },
    { name: "d", kind: "channel", size: 2, length_of: null },
    { name: "v", kind: "vocabulary", size: 3, length_of: null },
  ],
  tensors: [
    { name: "tokens", label: "tokens", axes: ["t"], role: "input", integer: true },
    { name: "W_E", label: "embedding", axes: ["v", "c"], role: "weight" },
    {
      name: "embed",
      label: "embed",
      axes: ["t", "c"],
      role: "activation",
      formula: cell("W_E", cell("tokens", i("t")), i("c")),
    },
    {
      name: "blocks.*.x",
      label: "x",
      axes: ["t", "c"],
      role: "activation",
      layers: [0],
      formula: cell("embed", i("t"), i("c")),
    },
    {
      name: "blocks.*.x",
      label: "x",
      axes: ["t", "c"],
      role: "activation",
      layers: [1],
      formula: cell("blocks.<.out", i("t"), i("c")),
    },
    { name: "blocks.*.W", label: "W", axes: ["c", "d"], role: "weight", layers: [0, 1] },
    {
      name: "blocks.*.y",
      label: "y",
      axes: ["t", "c"],
      role: "activation",
      layers: [0, 1],
      formula: [
        "reduce",
        "sum",
        "d",
        ["apply", "*", [cell("blocks.*.x", i("t"), i("d")), cell("blocks.*.W", i("c"), i("d"))]],
      ],
    },
    {
      name: "blocks.*.out",
      label: "out",
      axes: ["t", "c"],
      role: "activation",
      layers: [0, 1],
      formula: [
        "apply",
        "+",
        [cell("blocks.*.x", i("t"), i("c")), cell("blocks.*.y", i("t"), i("c"))],
      ],
    },
    {
      name: "logits",
      label: "logits",
      axes: ["t", "c"],
      role: "activation",
      formula: cell("blocks.1.out", i("t"), i("c")),
    },
  ],
  root: { path: "", label: "Tiny", kind: "model" },
  scene: {
    boxes: [
      { tensor: "blocks.*.W", x: 0, y: 0, z: 0, columns: "c", rows: "d" },
      { tensor: "embed", x: 0, y: 0, z: 0, columns: "t", rows: "c" },
      { tensor: "tokens", x: 0, y: 0, z: 0, columns: "t" },
      { tensor: "W_E", x: 0, y: 0, z: 0, columns: "c", depth: "v" },
    ],
    frames: [],
    ribbons: [],
    offsets: {},
  },
  context: 4,
  probabilities: "logits",
  weights: "weights.safetensors",
  prompt: [2, 0],
  run: "run.safetensors",
});

export const tiny = new LoadedModel(TINY);

const f32 = (shape: number[], ...numbers: number[]): ValueArray => ({
  data: new Float32Array(numbers),
  shape,
});

export const tinyWeights = new Map<string, ValueArray>([
  ["W_E", f32([3, 2], 1, 2, 3, 4, 5, 6)],
  ["blocks.0.W", f32([2, 2], 1, 0, 0, -1)],
  ["blocks.1.W", f32([2, 2], 0, 1, 2, 0)],
]);

/** The run on the tokens C A. */
export const tinyRun = new Map<string, ValueArray>([
  ["tokens", { data: new Int32Array([2, 0]), shape: [2] }],
  ["embed", f32([2, 2], 5, 6, 1, 2)],
  ["blocks.0.x", f32([2, 2], 5, 6, 1, 2)],
  ["blocks.0.y", f32([2, 2], 5, -6, 1, -2)],
  ["blocks.0.out", f32([2, 2], 10, 0, 2, 0)],
  ["blocks.1.x", f32([2, 2], 10, 0, 2, 0)],
  ["blocks.1.y", f32([2, 2], 0, 20, 0, 4)],
  ["blocks.1.out", f32([2, 2], 10, 20, 2, 4)],
  ["logits", f32([2, 2], 10, 20, 2, 4)],
]);

export const tinyInfo: wire.RunInfo = {
  model: "tiny",
  tokens: [2, 0],
  texts: ["C", "A"],
  lengths: { tokens: 2 },
};

export const tinyValues = Values.empty(tiny)
  .withWeights(tinyWeights, "weights.safetensors")
  .withRun(tinyRun, tinyInfo, "run.safetensors");

/** The bytes of a safetensors file. */
export function safetensorsBytes(
  arrays: ReadonlyMap<string, ValueArray>,
  metadata: Record<string, string> = {},
): ArrayBuffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { data, shape }] of arrays) {
    const dtype = data instanceof Int32Array ? "I32" : "F32";
    header[name] = { dtype, shape, data_offsets: [end, (end += data.byteLength)] };
  }
  const text = JSON.stringify(header);
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const bytes = new Uint8Array(8 + head.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let offset = 8 + head.length;
  for (const { data } of arrays.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes.buffer;
}

import { expect, test } from "vitest";
import { headerBytes, parseSafetensors } from "./safetensors";
import { safetensorsBytes, tinyRun } from "./testing";

const bytes = safetensorsBytes(tinyRun, { run: "{}" });

function withHeader(header: string, values = 0): ArrayBuffer {
  const text = new TextEncoder().encode(header);
  const buffer = new ArrayBuffer(8 + text.length + values);
  new DataView(buffer).setBigUint64(0, BigInt(text.length), true);
  new Uint8Array(buffer).set(text, 8);
  return buffer;
}

test("arrays are views into the file", () => {
  const { arrays, metadata } = parseSafetensors(bytes, "run.safetensors");
  expect([...arrays.keys()]).toEqual([...tinyRun.keys()]);
  expect(arrays.get("blocks.0.y")).toEqual(tinyRun.get("blocks.0.y"));
  expect(arrays.get("tokens")!.data).toBeInstanceOf(Int32Array);
  expect(arrays.get("embed")!.data.buffer).toBe(bytes);
  expect(metadata).toEqual({ run: "{}" });
});

test("values that are not aligned to four bytes are copied", () => {
  const header = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const buffer = withHeader(header.padEnd(header.length + ((1 - header.length) & 3)), 4);
  new DataView(buffer).setFloat32(buffer.byteLength - 4, 1.5, true);
  expect((buffer.byteLength - 4) % 4).not.toBe(0);
  expect(parseSafetensors(buffer, "f").arrays.get("x")!.data[0]).toBe(1.5);
});

test("a scalar and an empty array", () => {
  const header = JSON.stringify({
    scalar: { dtype: "F32", shape: [], data_offsets: [0, 4] },
    empty: { dtype: "F32", shape: [0, 3], data_offsets: [4, 4] },
  });
  const { arrays } = parseSafetensors(withHeader(header, 4), "f");
  expect(arrays.get("scalar")!.data.length).toBe(1);
  expect(arrays.get("empty")!.data.length).toBe(0);
});

test("a file cut off anywhere is refused with a sentence that names it", () => {
  for (const length of [0, 7, 8, 100, bytes.byteLength - 1]) {
    expect(() => parseSafetensors(bytes.slice(0, length), "run.safetensors")).toThrow(
      /cut off.*run\.safetensors|run\.safetensors.*cut off/,
    );
  }
});

test.each([
  ["not json", "not JSON"],
  ["[1, 2]", "expected an object"],
  ['{"x": 3}', "no shape and data_offsets for tensor x in f"],
  [
    '{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}',
    "Expected F32 or I32 for tensor x in f, received F16",
  ],
  [
    '{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}',
    "Expected 12 bytes (shape 3) for tensor x",
  ],
  ['{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', "no shape and data_offsets"],
])("the header %s is refused", (header, message) => {
  expect(() => parseSafetensors(withHeader(header, 4), "f")).toThrow(message);
});

test("how long the header is, from the start of a file", () => {
  const buffer = withHeader("{}", 4);
  expect(headerBytes(new Uint8Array(buffer))).toBe(10);
  expect(headerBytes(new Uint8Array(buffer, 0, 7))).toBeNull();
  expect(headerBytes(new TextEncoder().encode("<!doctype html>"))).toBeNull();
});

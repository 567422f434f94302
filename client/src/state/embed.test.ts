import { expect, test } from "vitest";
import { understood } from "./embedMessage";
import { parseEmbedOptions } from "./embedOptions";

test("options: who may talk, and whether bars are shown", () => {
  expect(parseEmbedOptions("")).toEqual({ chrome: true, origin: null });
  expect(parseEmbedOptions("?embed=1&chrome=off")).toEqual({ chrome: false, origin: "*" });
  expect(parseEmbedOptions("?embed=https://example.org/a")).toEqual({
    chrome: true,
    origin: "https://example.org",
  });
  expect(parseEmbedOptions("?embed=nonsense").origin).toBeNull();
  expect(parseEmbedOptions("?embed=javascript:1").origin).toBeNull();
});

test("a message is taken field by field", () => {
  const camera = { target: [1, 2, 3], azimuth: 0, elevation: 0.5, distance: 9 };
  const message = { type: "cutaway:set", prompt: "AAB", cell: "x[1]", theme: "dark", camera };
  expect(understood(message)).toEqual({
    address: { prompt: "AAB", cell: "x[1]", theme: "dark" },
    camera,
    problems: [],
  });
  expect(understood({ prompt: [0, 2] }).address).toEqual({ tokens: [0, 2] });
});

test("what cannot be understood is left out and said", () => {
  const message = { prompt: { a: 1 }, theme: "pink", camera: { distance: -1 }, toString: 1 };
  const { address, camera, problems } = understood(message);
  expect(address).toEqual({});
  expect(camera).toBeNull();
  expect(problems.map((p) => p.split(/[: ]/)[0])).toEqual([
    "prompt",
    "theme",
    "camera",
    "toString",
  ]);
});

/** The sampler against Python's samples, and what makes a tour a function of time. */
import { expect, test } from "vitest";
import type { wire } from "../bundle";
import { type GoldenFile, type GoldenNumber, numberOf, valuesOf } from "../golden/golden";
import gpt2 from "../golden/gpt2.json";
import timeline from "../golden/timeline.json";
import { bindTracks, durationOf, stepAt } from "./bind";
import { easing } from "./easing";
import { type BoundTrack, sample, valueAt } from "./sample";

const golden = timeline as unknown as {
  chapter: wire.Chapter;
  values: GoldenNumber[][];
  samples: { t: number; values: GoldenNumber[] }[];
  easings: Record<string, [number, number][]>;
};
const { chapter } = golden;
const tracks = bindTracks(chapter, valuesOf(gpt2 as unknown as GoldenFile));

test("expressions of the run become the numbers that Python has", () => {
  tracks.forEach((track, i) => {
    track.values.forEach((value, k) => {
      expect(value).toBeCloseTo(numberOf(golden.values[i]![k]!), 9);
    });
  });
});

test.each(Object.entries(golden.easings))("%s is the same easing", (name, points) => {
  for (const [u, eased] of points) expect(easing(name)!(u)).toBeCloseTo(eased, 12);
});

test("samples are those of Python, asked for in any order", () => {
  for (const { t, values } of golden.samples) {
    sample(tracks, t).forEach((value, i) => {
      expect(value, `${tracks[i]!.channel} at ${t}`).toBeCloseTo(numberOf(values[i]!), 9);
    });
  }
});

test("shuffled seeks are the same to the last bit", () => {
  const moments = Array.from({ length: 200 }, (_, i) => (i / 199) * durationOf(chapter));
  const inOrder = moments.map((t) => sample(tracks, t));
  const into = new Float64Array(tracks.length);
  for (const i of [...moments.keys()].reverse()) {
    expect(sample(tracks, moments[i]!, into)).toEqual(inOrder[i]);
  }
});

test("at a stop nothing jumps", () => {
  for (const { end } of chapter.steps) {
    for (const track of tracks) {
      const before = valueAt(track, end - 0.01);
      const after = valueAt(track, end + 0.01);
      const range = Math.max(...track.values) - Math.min(...track.values);
      expect(Math.abs(after - before)).toBeLessThanOrEqual(range * 0.01);
    }
  }
});

test("the steps are those between stops", () => {
  const ends = chapter.steps.map(({ end }) => end);
  expect(stepAt(chapter, 0)).toBe(0);
  expect(stepAt(chapter, ends[0]!)).toBe(0);
  expect(stepAt(chapter, ends[0]! + 1)).toBe(1);
  expect(stepAt(chapter, ends.at(-1)! + 1)).toBe(ends.length - 1);
});

test("a track holds before its first key and after its last", () => {
  const track: BoundTrack = {
    channel: "opacity",
    targets: [],
    times: [100, 200],
    values: [1, 3],
    eases: ["hold", "linear"],
  };
  expect([0, 100, 150, 200, 900].map((t) => valueAt(track, t))).toEqual([1, 1, 2, 3, 3]);
});

test("a track with an easing of another version is refused", () => {
  const broken = { ...chapter, tracks: [{ ...chapter.tracks[0]!, eases: ["bounce", "bounce"] }] };
  expect(() => bindTracks(broken, valuesOf(gpt2 as unknown as GoldenFile))).toThrow(/everything/);
});

/** The room that cards take, over time. */
import { expect, test } from "vitest";
import type { BoundTrack } from "../timeline";
import { cardSpans, roomAt } from "./room";

function shown(target: string, times: number[], values: number[]): BoundTrack {
  return { channel: "opacity", targets: [target], times, values, eases: times.map(() => "linear") };
}

test("cards that follow one another closely share one span", () => {
  const tracks = [
    shown("card 0", [1000, 1300, 5000, 5300], [0, 1, 1, 0]),
    shown("plot 0", [7000, 7300, 9000, 9300], [0, 1, 1, 0]),
    shown("card 1", [20000, 20300], [0, 1]),
    shown("blocks.0.attn.q", [0, 100], [1, 0]),
  ];
  expect(cardSpans(tracks)).toEqual([
    [1000, 9000],
    [20000, Infinity],
  ]);
});

test("room comes and goes smoothly, and is all there as long as the card is", () => {
  const spans = cardSpans([shown("card 0", [1000, 1300, 5000, 5300], [0, 1, 1, 0])]);
  expect(roomAt(spans, 900)).toBe(0);
  expect(roomAt(spans, 1300)).toBeCloseTo(0.5);
  expect(roomAt(spans, 3000)).toBe(1);
  expect(roomAt(spans, 5000)).toBe(1);
  expect(roomAt(spans, 5300)).toBeCloseTo(0.5);
  expect(roomAt(spans, 6000)).toBe(0);
});

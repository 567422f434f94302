import { expect, test } from "vitest";
import { numberOf, type GoldenNumber } from "../golden/golden";
import golden from "../golden/sampling.json";
import { chances, checkSampling, choose, GREEDY, uniform } from "./sampling";

const logits = [Math.log(0.2), Math.log(0.5), Math.log(0.3)];
const how = { ...GREEDY, temperature: 1 };

test("random numbers are those of Python", () => {
  expect(golden.uniform.length).toBeGreaterThan(20);
  for (const { seed, position, value } of golden.uniform)
    expect(uniform(seed, position)).toBe(value);
});

test.each(golden.choices.map((choice, i) => [i, choice] as const))(
  "case %d has the chances and the choice of Python",
  (_, { logits, how, position, chances: expected, chosen }) => {
    const numbers = (logits as GoldenNumber[]).map(numberOf);
    expect(chances(numbers, how)).toEqual(
      expected.map(({ token, probability }) => ({
        token,
        probability: expect.closeTo(probability, 14),
      })),
    );
    expect(choose(numbers, how, position)).toBe(chosen);
  },
);

test("greedy takes the largest logit, the first of equals", () => {
  expect(choose([1, 3, 2], GREEDY, 0)).toBe(1);
  expect(choose([3, 1, 3], GREEDY, 0)).toBe(0);
});

test("chances are the softmax, most likely first", () => {
  const all = chances(logits, how);
  expect(all.map(({ token }) => token)).toEqual([1, 2, 0]);
  [0.5, 0.3, 0.2].forEach((p, i) => expect(all[i]!.probability).toBeCloseTo(p, 12));
});

test("top-k and top-p keep the likely ones and share out the rest", () => {
  const two = chances(logits, { ...how, topK: 2 });
  expect(two.map(({ probability }) => probability)).toEqual([
    expect.closeTo(0.625, 12),
    expect.closeTo(0.375, 12),
  ]);
  expect(chances(logits, { ...how, topP: 0.6 }).length).toBe(2);
  expect(chances(logits, { ...how, topP: 0.49 }).length).toBe(1);
});

test("temperature sharpens and flattens", () => {
  expect(chances(logits, { ...how, temperature: 0.01 })[0]!.probability).toBeCloseTo(1, 12);
  expect(chances(logits, { ...how, temperature: 1e6 })[0]!.probability).toBeCloseTo(1 / 3, 5);
});

test("NaN is impossible, and nothing possible still gives a token", () => {
  expect(choose([NaN, 1, NaN], how, 0)).toBe(1);
  expect(choose([NaN, NaN], how, 0)).toBe(0);
  expect(chances([-Infinity, 0, -Infinity], how)[0]).toEqual({ token: 1, probability: 1 });
});

test("the random number depends on seed and position only, and is spread evenly", () => {
  expect(uniform(7, 3)).toBe(uniform(7, 3));
  expect(uniform(7, 3)).not.toBe(uniform(7, 4));
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[Math.floor(uniform(1, i) * 10)]!++;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test("tokens are chosen as often as they are likely", () => {
  let count = 0;
  for (let seed = 0; seed < 4000; seed++)
    count += choose(logits, { ...how, seed }, 5) === 1 ? 1 : 0;
  expect(count / 4000).toBeCloseTo(0.5, 1);
});

test.each([
  [{ temperature: -1 }, "temperature must be zero or more, got -1"],
  [{ temperature: NaN }, "temperature must be zero or more, got NaN"],
  [{ topK: 0 }, "top_k must be 1 or more, got 0"],
  [{ topP: 1.5 }, "top_p must be above 0 and at most 1, got 1.5"],
  [{ seed: -1 }, "seed must be from 0 to 4294967295, got -1"],
])("%o is refused", (setting, message) => {
  expect(() => checkSampling({ ...GREEDY, ...setting })).toThrow(message);
});

import { expect, it } from "vitest";
import { Loading } from "./loading";

it("adds up what is fetched at the same time", () => {
  const loading = new Loading();
  expect(loading.add({ what: "a", bytes: 10, total: 100 })).toEqual({
    what: "a",
    bytes: 10,
    total: 100,
  });
  loading.add({ what: "b", bytes: 0, total: 50 });
  expect(loading.add({ what: "a", bytes: 60, total: 100 })).toEqual({
    what: "a and b",
    bytes: 60,
    total: 150,
  });
});

it("claims no total that it does not know", () => {
  const loading = new Loading();
  loading.add({ what: "a", bytes: 10, total: 100 });
  expect(loading.add({ what: "b", bytes: 5, total: null })).toMatchObject({
    bytes: 15,
    total: null,
  });
});

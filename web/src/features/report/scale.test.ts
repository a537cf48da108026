import { expect, it } from "vitest";
import { linePath, namedDays, roundMax, roundSeconds } from "./scale";

it("finds round numbers", () => {
  expect([0, 1, 7, 11, 21, 55, 99, 1100].map(roundMax)).toEqual([1, 1, 8, 20, 30, 60, 100, 2000]);
  expect([0, 11, 61, 290, 3600, 3601, 9000].map(roundSeconds)).toEqual([10, 20, 120, 300, 3600, 7200, 10_800]);
});

it("always names the last day, and no more than there is room for", () => {
  expect(namedDays(5, 2000)).toEqual([0, 1, 2, 3, 4]);
  expect(namedDays(30, 360)).toEqual([5, 11, 17, 23, 29]);
  expect(namedDays(90, 10).length).toBeLessThanOrEqual(2);
  expect(namedDays(0, 100)).toEqual([]);
});

it("draws a line with gaps where nothing is known", () => {
  expect(linePath([[0, 1], [10, 2], null, [30, 4]])).toBe("M0.0 1.0L10.0 2.0M30.0 4.0");
  expect(linePath([null, null])).toBe("");
});

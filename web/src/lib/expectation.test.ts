import { expect, it } from "vitest";
import { at, passedRun } from "../testing/builders";
import { expectationOf, paceOf } from "./expectation";

const five = passedRun();
const seven = passedRun({ id: 2, updated_at: at("09:07") });
const minutes = (count: number): number => count * 60_000;

it("takes the history's word before the day's", () => {
  expect(expectationOf([five, seven], { runs: 12, median: 90, p95: 120 })).toEqual({ usual: 90_000, late: 120_000 });
  expect(expectationOf([five, seven], { runs: 3, median: 90, p95: null })).toEqual({ usual: 90_000, late: null });
});

it("falls back to the day's runs, of which none is a measure of being late", () => {
  expect(expectationOf([five, seven], null)).toEqual({ usual: minutes(7), late: null });
  expect(expectationOf([five], undefined)).toBeNull();
});

it("tells longer than usual from late", () => {
  const expectation = { usual: minutes(5), late: minutes(7) };
  expect([5, 5.1, 7, 7.1].map((count) => paceOf(expectation, minutes(count)))).toEqual([
    "in-time",
    "longer",
    "longer",
    "late",
  ]);
  expect(paceOf({ ...expectation, late: null }, minutes(60))).toBe("longer");
});

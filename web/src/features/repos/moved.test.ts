import { expect, it } from "vitest";
import { moved } from "./moved";

const LIST = ["a", "b", "c", "d"];

it.each([
  ["a", 2, ["b", "c", "a", "d"]],
  ["d", 0, ["d", "a", "b", "c"]],
  ["b", 99, ["a", "c", "d", "b"]],
  ["c", -5, ["c", "a", "b", "d"]],
])("puts %s to %i", (item, to, expected) => {
  expect(moved(LIST, item, to)).toEqual(expected);
});

it("is the same list where nothing moves", () => {
  expect(moved(LIST, "b", 1)).toBe(LIST);
  expect(moved(LIST, "d", 4)).toBe(LIST);
  expect(moved(LIST, "x", 0)).toBe(LIST);
});

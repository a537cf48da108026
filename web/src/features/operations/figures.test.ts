import { expect, it } from "vitest";
import type { Plotted } from "../../api/types";
import { figureText, isWrong, range, tableOf } from "./figures";

const of = (about: Partial<Plotted>): Plotted => ({
  name: "latency",
  group: "critical",
  title: "Latency",
  unit: "s",
  threshold: 2,
  wrong_below: false,
  points: [],
  ...about,
});

it.each([
  [of({}), 0.0184, "18.4 ms"],
  [of({}), 2.5, "2.5 s"],
  [of({ unit: "%" }), 99.52, "99.5 %"],
  [of({ unit: "" }), 12345, "12,300"],
  [of({}), null, "–"],
  [of({}), undefined, "–"],
])("writes figures as people read them", (series, value, text) => {
  expect(figureText(series, value)).toBe(text);
});

it("knows on which side of its threshold a figure is wrong", () => {
  expect([isWrong(of({}), 2), isWrong(of({}), 2.1), isWrong(of({}), null)]).toEqual([false, true, false]);
  const share = of({ threshold: 99, wrong_below: true });
  expect([isWrong(share, 99), isWrong(share, 98.9)]).toEqual([false, true]);
  expect(isWrong(of({ threshold: null }), 1e9)).toBe(false);
});

it("has room for the threshold and for everything that was", () => {
  expect(range(of({ points: [0.1, null] }))).toEqual([0, 2]);
  expect(range(of({ points: [7.5] }))).toEqual([0, 8]);
  expect(range(of({ points: [], threshold: null }))).toEqual([0, 1]);
  const share = { unit: "%", threshold: 99, wrong_below: true };
  expect(range(of({ ...share, points: [100, 99.2] }))).toEqual([90, 100]);
  expect(range(of({ ...share, points: [50] }))).toEqual([0, 100]);
});

it("says in a table what the lines show", () => {
  const { rows } = tableOf([of({ points: [0.5, null, 0.25] }), of({ threshold: null, points: [null] })]);
  expect(rows).toEqual([
    ["Latency", "250 ms", "250 ms", "500 ms", "above 2 s"],
    ["Latency", "–", "–", "–", "none"],
  ]);
});

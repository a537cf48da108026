import { expect, it } from "vitest";
import { age, clockFace, duration, instant, moment } from "./time";

it.each([
  [0, "0:00"],
  [7_900, "0:07"],
  [250_000, "4:10"],
  [3_753_000, "1:02:33"],
  [-5, "0:00"],
])("%i ms on a clock face", (ms, text) => expect(clockFace(ms)).toBe(text));

it.each([
  [37_600, "38 s"],
  [185_000, "3 min 5 s"],
  [180_000, "3 min"],
  [7_440_000, "2 h 4 min"],
])("%i ms took", (ms, text) => expect(duration(ms)).toBe(text));

it.each([
  [6_400, "6 s"],
  [41 * 60_000, "41 min"],
  [47 * 3_600_000, "47 h"],
  [72 * 3_600_000, "3 d"],
  [-3000, "0 s"],
])("%i ms ago", (ms, text) => expect(age(ms)).toBe(text));

it("a moment is a minute, and of another day has its date", () => {
  const [now, minute] = [new Date(2026, 10, 23, 9), new Date(2026, 10, 23, 8, 5)].map(Number) as [number, number];
  expect(moment(minute, now)).toBe("08:05");
  expect(moment(minute - 86_400_000, now)).toBe("22 Nov, 08:05");
});

it("a missing or unreadable time is no time", () => {
  expect([instant(null), instant(undefined), instant("soon")]).toEqual([0, 0, 0]);
});

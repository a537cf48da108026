import { expect, it } from "vitest";
import { failedRun, makeRun, passedRun } from "../testing/builders";
import { byHour, sumOf } from "./hours";

const started = (run_started_at: string) => ({ run_started_at });

it("counts runs in the hour they began, where the viewer is", () => {
  const runs = [
    passedRun(started("2026-11-22T08:59:59Z")),
    passedRun(started("2026-11-22T09:00:00Z")),
    failedRun(started("2026-11-22T09:30:00Z")),
    passedRun({ ...started("2026-11-22T09:40:00Z"), conclusion: "cancelled" }),
    makeRun(started("2026-11-22T09:50:00Z")),
  ];
  const hours = byHour(runs, "2026-11-22", "Europe/Berlin");
  expect(hours).toHaveLength(24);
  expect(hours[9]).toEqual({ name: "09:00", passed: 1, failed: 0, other: 0 });
  expect(hours[10]).toEqual({ name: "10:00", passed: 1, failed: 1, other: 2 });
  expect(hours.reduce((sum, hour) => sum + sumOf(hour), 0)).toBe(5);
});

it("leaves out what began on the day before and went on", () => {
  const hours = byHour([passedRun(started("2026-11-21T23:59:00Z"))], "2026-11-22", "UTC");
  expect(hours.map(sumOf)).toEqual(Array(24).fill(0));
});

it("knows days of 23 and 25 hours", () => {
  const spring = byHour([], "2026-03-29", "Europe/Berlin").map(({ name }) => name);
  expect([spring.length, spring.slice(0, 3)]).toEqual([23, ["00:00", "01:00", "03:00"]]);
  const autumn = byHour([passedRun(started("2026-10-25T01:30:00Z"))], "2026-10-25", "Europe/Berlin");
  expect(autumn.map(({ name }) => name).slice(1, 4)).toEqual(["01:00", "02:00", "02:00"]);
  expect(autumn[3]?.passed).toBe(1);
});

import { expect, it } from "vitest";
import type { Conclusion, RunDetail } from "../api/types";
import { failedRun, makeRun, passedRun } from "../testing/builders";
import { type Health, healthOf } from "./health";

const passed = passedRun();
const failed = failedRun();
const cancelled = passedRun({ conclusion: "cancelled" });
const running = makeRun();

it.each<[Health, "passed" | "failed" | null, RunDetail[]]>([
  ["consistent", "passed", [passed]],
  ["consistent", "passed", [passed, failed]],
  ["improved", "failed", [passed]],
  ["improved", "failed", [passed, failed]],
  ["regressed", "passed", [failed]],
  ["regressed", "passed", [failed, passed]],
  ["still-failing", "failed", [failed]],
  ["still-failing", "failed", [failed, passed]],
  // Without a day before, most of the day's runs decide.
  ["consistent", null, [passed]],
  ["still-failing", null, [failed]],
  ["still-failing", null, [passed, failed, failed]],
  ["consistent", null, [failed, passed]],
  // What runs may still become anything; what was cancelled says nothing.
  ["consistent", "failed", [running, failed]],
  ["consistent", "passed", [cancelled]],
  ["consistent", "failed", [cancelled]],
  ["regressed", "passed", [cancelled, failed]],
])("is %s after a day that %s", (health, before, runs) => {
  expect(healthOf(runs, before)).toBe(health);
});

it.each<Conclusion>(["cancelled", "skipped", "neutral", "stale", "action_required"])(
  "%s is no failure",
  (conclusion) => {
    expect(healthOf([passedRun({ conclusion })], "passed")).toBe("consistent");
    expect(healthOf([passedRun({ conclusion }), passed], "failed")).toBe("improved");
  },
);

it.each<Conclusion>(["timed_out", "startup_failure"])("%s is one", (conclusion) => {
  expect(healthOf([failedRun({ conclusion })], "passed")).toBe("regressed");
});

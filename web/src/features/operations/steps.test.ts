import { expect, it } from "vitest";
import type { FlagAnswer } from "../../api/types";
import { liveOf, nextStep, stepsTaken } from "./steps";

it.each([
  ["off", "10%", 0],
  ["5%", "10%", 0],
  ["10%", "50%", 1],
  ["49.5%", "50%", 1],
  ["50%", "on", 2],
  ["99%", "on", 2],
  ["on", null, 3],
])("from %s the next step is %s", (live, next, taken) => {
  expect([nextStep(live), stepsTaken(live)]).toEqual([next, taken]);
});

it("goes by what is decided for the repository, then for all, then by the settings", () => {
  const rule = (live: string) => ({ live, why: "", at: "2026-11-22T09:00:00Z", by: null });
  const flags: FlagAnswer = { live: "on", provider: false, everywhere: null, repos: {}, changes: [] };
  expect(liveOf(flags, "api")).toBe("on");
  expect(liveOf({ ...flags, everywhere: rule("off") }, "api")).toBe("off");
  expect(liveOf({ ...flags, everywhere: rule("off"), repos: { api: rule("10%") } }, "api")).toBe("10%");
});

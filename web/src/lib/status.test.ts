import { describe, expect, it } from "vitest";
import type { Conclusion, Status } from "../api/types";
import { SHAPES } from "../components/state-icon";
import { isBroken, lookOf, STATES, worstTone } from "./status";

const CONCLUSIONS: Conclusion[] = [
  "success",
  "failure",
  "cancelled",
  "skipped",
  "timed_out",
  "action_required",
  "neutral",
  "stale",
  "startup_failure",
];
const UNDER_WAY: Status[] = ["requested", "queued", "pending", "waiting", "in_progress"];

describe("looks", () => {
  it("exist for every status and conclusion there is", () => {
    expect(new Set(STATES)).toEqual(new Set([...CONCLUSIONS, ...UNDER_WAY, "completed", "unknown"]));
  });

  it("have a word and a shape of their own", () => {
    const words = STATES.map((state) => lookOf({ status: state as Status }).word);
    expect(new Set(words).size).toBe(STATES.length);
    const shapes = STATES.map((state) =>
      JSON.stringify(SHAPES[state], ["type", "props", "children", "d", "cx", "r", "strokeDasharray", "x", "rx"]),
    );
    expect(new Set(shapes).size).toBe(STATES.length);
  });

  it.each([
    ["failure", "broke", "needs"],
    ["timed_out", "broke", "needs"],
    ["startup_failure", "broke", "needs"],
    ["action_required", "waits", "needs"],
    ["success", "passed", "fine"],
    ["cancelled", "quiet", "other"],
    ["skipped", "quiet", "other"],
    ["neutral", "quiet", "other"],
    ["stale", "quiet", "other"],
    ["unknown", "quiet", "other"],
  ] as const)("%s is %s in %s", (conclusion, tone, section) => {
    expect(lookOf({ status: "completed", conclusion })).toMatchObject({ state: conclusion, tone, section });
  });

  it.each([
    ["requested", "quiet", "running"],
    ["queued", "quiet", "running"],
    ["pending", "quiet", "running"],
    ["in_progress", "moves", "running"],
    ["waiting", "waits", "needs"],
    ["completed", "quiet", "other"],
    ["unknown", "quiet", "other"],
  ] as const)("%s is %s in %s", (status, tone, section) => {
    expect(lookOf({ status, conclusion: null })).toMatchObject({ state: status, tone, section });
  });

  it("degrade for words of the future, also for those that objects are born with", () => {
    expect(lookOf({ status: "paused" as Status }).state).toBe("unknown");
    expect(lookOf({ status: "completed", conclusion: "toString" as Conclusion }).state).toBe("unknown");
  });

  it("of a run say that it waits when all that is left of it waits for approval", () => {
    const run = (...jobs: Status[]) =>
      lookOf({ status: "in_progress", jobs: jobs.map((status) => ({ status })) }).state;
    expect(run("completed", "waiting")).toBe("waiting");
    expect(run("in_progress", "waiting")).toBe("in_progress");
    expect(run("queued", "waiting")).toBe("in_progress");
  });

  it("ignore a conclusion before its time", () => {
    expect(lookOf({ status: "in_progress", conclusion: "failure" }).state).toBe("in_progress");
  });
});

it("only failures count as broken", () => {
  const broken = CONCLUSIONS.filter((conclusion) => isBroken({ status: "completed", conclusion }));
  expect(broken).toEqual(["failure", "timed_out", "startup_failure"]);
});

it("a page takes the most urgent tone", () => {
  expect(worstTone(["passed", "moves", "waits"])).toBe("waits");
  expect(worstTone(["passed", "broke", "waits"])).toBe("broke");
  expect(worstTone([])).toBe("quiet");
});

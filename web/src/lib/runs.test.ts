import { describe, expect, it } from "vitest";
import type { Conclusion, RunDetail } from "../api/types";
import { at, failedRun, makeJob, makeRun, makeStep, passedRun } from "../testing/builders";
import {
  currentPlace,
  failurePlace,
  inSection,
  numbersOf,
  percent,
  successRate,
  troubleSince,
  usualDuration,
  workflowsOf,
} from "./runs";
import { instant } from "./time";

describe("workflows", () => {
  it("collect runs by workflow id, and by name only without one", () => {
    const runs = [
      makeRun({ id: 4, workflow_id: 10, name: "CI, renamed" }),
      makeRun({ id: 3, workflow_id: 10, name: "CI" }),
      makeRun({ id: 2, workflow_id: null, name: "CI" }),
      makeRun({ id: 1, workflow_id: null, name: "CI" }),
    ];
    expect(workflowsOf(runs).map(({ name, runs: own }) => [name, own.map(({ id }) => id)])).toEqual([
      ["CI", [2, 1]],
      ["CI, renamed", [4, 3]],
    ]);
  });

  it("are shown by their newest run and ordered by name", () => {
    const workflows = workflowsOf([
      passedRun({ id: 3, workflow_id: 2, name: "lint" }),
      failedRun({ id: 2, workflow_id: 1, name: "Docs" }),
      failedRun({ id: 1, workflow_id: 2, name: "lint" }),
    ]);
    expect(workflows.map(({ name, section }) => [name, section])).toEqual([
      ["Docs", "needs"],
      ["lint", "fine"],
    ]);
    expect(inSection(workflows, "needs").map(({ name }) => name)).toEqual(["Docs"]);
  });

  it("are ordered as people would: without case and accents, and numbers by what they count", () => {
    const names = ["shard 10", "Éclair", "shard 9", "ebb", "Deploy", "deploy docs"];
    const runs = names.map((name, id) => makeRun({ id, workflow_id: id + 1, name }));
    expect(workflowsOf(runs).map(({ name }) => name)).toEqual([
      "Deploy",
      "deploy docs",
      "ebb",
      "Éclair",
      "shard 9",
      "shard 10",
    ]);
  });

  it("are the same as before where their runs are", () => {
    const runs = [makeRun({ id: 2, workflow_id: 2 }), makeRun({ id: 1, workflow_id: 1 })];
    const [first, second] = workflowsOf(runs);
    const [firstAfter, secondAfter] = workflowsOf([
      { ...(runs[0] as RunDetail), status: "completed" },
      ...runs.slice(1),
    ]);
    expect(firstAfter).toBe(first);
    expect(secondAfter).not.toBe(second);
    expect(secondAfter?.latest.status).toBe("completed");
  });

  it("need somebody since the first failure of the row", () => {
    const [workflow] = workflowsOf([
      failedRun({ id: 4, updated_at: at("12:00") }),
      makeRun({ id: 3, status: "completed", conclusion: "cancelled", updated_at: at("11:00") }),
      failedRun({ id: 2, updated_at: at("10:00") }),
      passedRun({ id: 1, updated_at: at("09:00") }),
    ]);
    expect(workflow && troubleSince(workflow)).toBe(instant(at("10:00")));
  });
});

describe("numbers", () => {
  const ended = (conclusion: Conclusion, id: number) => makeRun({ id, status: "completed", conclusion });

  it("count what passed and failed, and leave out what says nothing about either", () => {
    const conclusions: Conclusion[] = ["success", "success", "success", "failure", "timed_out", "startup_failure"];
    const silent: Conclusion[] = ["cancelled", "skipped", "neutral", "stale", "action_required", "unknown"];
    const runs = [...conclusions, ...silent].map(ended);
    const numbers = numbersOf([...runs, makeRun({ id: 90 }), makeRun({ id: 91, status: "waiting", workflow_id: 11 })]);
    expect(numbers).toEqual({ workflows: 2, total: 14, passed: 3, failed: 3, inProgress: 2 });
    expect(successRate(numbers)).toBe(0.5);
  });

  it.each([
    [null, "–"],
    [0, "0 %"],
    [0.875, "87.5 %"],
    [0.5, "50 %"],
    [0.9999, "99.9 %"],
    [1, "100 %"],
  ])("a rate of %s reads %s", (rate, text) => expect(percent(rate)).toBe(text));

  it("there is no rate without a verdict", () => expect(successRate({ passed: 0, failed: 0 })).toBeNull());
});

it("the usual duration is the median of what passed, and nothing from a single run", () => {
  const took = (minutes: number, id: number) =>
    passedRun({ id, updated_at: at(`09:${String(minutes).padStart(2, "0")}`) });
  expect(usualDuration([took(5, 1)])).toBeNull();
  expect(usualDuration([took(9, 1), took(2, 2), took(4, 3), failedRun({ id: 4, updated_at: at("10:00") })])).toBe(
    240_000,
  );
});

it("a failure has a place: its job and step", () => {
  const step = makeStep({ number: 2, name: "pytest", conclusion: "failure" });
  const job = makeJob({ name: "unit", status: "completed", conclusion: "failure", steps: [makeStep(), step] });
  const place = failurePlace(failedRun({ jobs: [makeJob({ id: 1 }), job] }));
  expect([place?.job.name, place?.step?.name]).toEqual(["unit", "pytest"]);
  expect(failurePlace(failedRun())).toBeUndefined();
});

it("a run is at the step that runs", () => {
  const step = makeStep({ number: 2, name: "pytest", status: "in_progress", conclusion: null });
  expect(currentPlace(makeRun({ jobs: [makeJob({ steps: [makeStep(), step] })] }))?.step?.name).toBe("pytest");
});

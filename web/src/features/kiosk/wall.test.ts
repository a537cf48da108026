import { expect, it } from "vitest";
import { failedRun, makeList, makeRun, passedRun, repository } from "../../testing/builders";
import { wallOf } from "./wall";

const names = (...args: Parameters<typeof wallOf>) =>
  wallOf(...args).map(({ repository: name, workflow }) => `${name} ${workflow.name} ${workflow.latest.id}`);

it("puts what broke first, then what waits, what runs, and the rest, of all repositories", () => {
  const api = makeList([
    passedRun({ id: 1, workflow_id: 1, name: "Build" }),
    makeRun({ id: 2, workflow_id: 2, name: "Deploy", status: "waiting" }),
    makeRun({ id: 3, workflow_id: 3, name: "Docs" }),
    passedRun({ id: 4, workflow_id: 4, name: "Old", conclusion: "cancelled" }),
  ]);
  const web = makeList([failedRun({ id: 5, name: "CI" })], {
    repo: { ...repository, slug: "web", full_name: "a/web" },
  });
  expect(names([api, web], {})).toEqual(["web CI 5", "api Deploy 2", "api Docs 3", "api Build 1", "api Old 4"]);
  expect(names([api, web], { state: "failure" })).toEqual(["web CI 5"]);
});

it("goes on over midnight with the newest run of two days, each once", () => {
  const late = failedRun({ id: 1, run_started_at: "2026-11-21T23:50:00Z", updated_at: "2026-11-22T00:05:00Z" });
  const early = passedRun({ id: 2, run_started_at: "2026-11-21T23:55:00Z", updated_at: "2026-11-21T23:58:00Z" });
  const [only, ...others] = wallOf([makeList([late]), makeList([early, late], { date: "2026-11-21" })], {});
  expect(others).toEqual([]);
  expect(only?.workflow.runs.map(({ id }) => id)).toEqual([2, 1]);
});

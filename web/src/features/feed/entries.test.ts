import { expect, it } from "vitest";
import { at, failedRun, makeJob, makeList, makeRun, passedRun } from "../../testing/builders";
import { entriesOf } from "./entries";

const titles = (...runs: Parameters<typeof makeList>[0][]) =>
  runs.flatMap((some) => entriesOf([makeList(some)], 10).map(({ title }) => title));

it("tells the newest first, across repositories", () => {
  const lists = [
    makeList([failedRun({ id: 1, updated_at: at("10:00") })]),
    makeList([passedRun({ id: 2, name: "Docs", updated_at: at("11:00") })], {
      repo: { slug: "web", full_name: "acme/web", id: 2, html_url: null, private: null, default_branch: null },
    }),
  ];
  expect(entriesOf(lists, 10).map(({ title, slug }) => [title, slug])).toEqual([
    ["Docs passed", "web"],
    ["CI failed", "api"],
  ]);
  expect(entriesOf(lists, 1)).toHaveLength(1);
});

it("notices recovery and second attempts", () => {
  const broken = failedRun({ id: 1 });
  expect(titles([passedRun({ id: 2, run_started_at: at("09:30"), updated_at: at("09:40") }), broken])[0]).toBe(
    "CI passed again",
  );
  expect(titles([passedRun({ run_attempt: 2 })])).toEqual(["CI passed on attempt 2"]);
});

it("tells that a run is failing before it is over", () => {
  const job = makeJob({ name: "unit", status: "completed", conclusion: "failure", completed_at: at("09:03") });
  expect(titles([makeRun({ jobs: [job] })])).toEqual(["CI is failing", "CI started"]);
  expect(titles([failedRun({ jobs: [job] })])).toEqual(["CI failed"]);
});

import { describe, expect, it } from "vitest";
import { failedRun, makeRun, passedRun } from "../testing/builders";
import {
  arrange,
  guessCategory,
  isReviewed,
  joined,
  type Marks,
  NO_MARKS,
  readMarks,
  seenAs,
  withCategory,
  withReviewed,
} from "./marks";
import { type Workflow, workflowsOf } from "./runs";

const DAY = "2026-11-22";
const workflows = workflowsOf([
  passedRun({ id: 1, workflow_id: 1, name: "CI" }),
  passedRun({ id: 2, workflow_id: 2, name: "Unit tests" }),
  failedRun({ id: 3, workflow_id: 3, name: "End-to-end" }),
  failedRun({ id: 4, workflow_id: 4, name: "Deploy" }),
  makeRun({ id: 5, workflow_id: 5, name: "Stale issues" }),
]);
const named = (name: string) => workflows.find((each) => each.name === name) as Workflow;
const shown = (marks: Partial<Marks>) =>
  arrange(workflows, { ...NO_MARKS, ...marks }, DAY).groups.map(({ title, workflows: some }) => [
    title,
    ...some.map(({ name }) => name),
  ]);

it.each([
  ["CI", "build"],
  ["Build and push image", "build"],
  ["build_wheels", "build"],
  ["Release", "build"],
  ["Deploy preview", "build"],
  ["CI tests", "testing"],
  ["End-to-end", "testing"],
  ["CodeQL", "testing"],
  ["Lint PR title", "testing"],
  ["nightly_unit", "testing"],
  ["Nightly", "trigger"],
  ["Dispatch downstream", "trigger"],
  ["Scheduled sync", "trigger"],
  ["Stale issues", "utility"],
  ["Latest contest", "utility"],
  ["", "utility"],
])("%s is of the category %s by its name", (name, category) => {
  expect(guessCategory(name)).toBe(category);
});

describe("the workflows of a board", () => {
  it("stand as ever for who has done nothing about them", () => {
    expect(shown({})).toEqual([
      ["Needs somebody", "Deploy", "End-to-end"],
      ["Running", "Stale issues"],
      ["Fine", "CI", "Unit tests"],
    ]);
    expect(arrange([], NO_MARKS, DAY)).toEqual({ groups: [], hidden: [] });
  });

  it("stand by category, but what needs somebody is first", () => {
    expect(shown({ grouped: true })).toEqual([
      ["Needs somebody", "Deploy", "End-to-end"],
      ["Build", "CI"],
      ["Testing", "Unit tests"],
      ["Utility", "Stale issues"],
    ]);
    const moved = withCategory({ ...NO_MARKS, grouped: true }, named("CI"), "trigger");
    expect(shown(moved)[2]).toEqual(["Trigger", "CI"]);
    expect(withCategory(moved, named("CI"), "build").categories).toEqual({});
  });

  it("are pinned and hidden", () => {
    expect(shown({ pinned: ["#3"] })[0]).toEqual(["Needs somebody", "End-to-end", "Deploy"]);
    const { groups, hidden } = arrange(workflows, { ...NO_MARKS, hidden: ["#5"] }, DAY);
    expect(groups.map(({ id }) => id)).toEqual(["needs", "fine"]);
    expect(hidden.map(({ name }) => name)).toEqual(["Stale issues"]);
  });

  it("go down when they were reviewed, also pinned ones, until they run again or on another day", () => {
    const deploy = named("Deploy");
    const marks = withReviewed({ ...NO_MARKS, pinned: ["#4"] }, seenAs(deploy, DAY), true);
    expect(shown(marks)[0]).toEqual(["Needs somebody", "End-to-end", "Deploy"]);
    expect(isReviewed(marks, deploy, DAY)).toBe(true);
    expect(isReviewed(marks, deploy, "2026-11-23")).toBe(false);
    expect(isReviewed(marks, { ...deploy, latest: failedRun({ id: 4, run_attempt: 2 }) }, DAY)).toBe(false);
    expect(isReviewed(marks, { ...deploy, latest: failedRun({ id: 9 }) }, DAY)).toBe(false);
    expect(withReviewed(marks, seenAs(deploy, DAY), false).reviewed).toEqual([]);
  });
});

it("reads what was kept, and nothing of what it does not understand", () => {
  const marks = withCategory({ ...NO_MARKS, pinned: ["#1"], grouped: true }, named("CI"), "utility");
  expect(readMarks(JSON.stringify(marks))).toEqual(marks);
  for (const text of [null, "", "{", "17", "[]", '"x"', '{"pinned": 1, "categories": []}']) {
    expect(readMarks(text)).toEqual(NO_MARKS);
  }
  expect(readMarks('{"pinned": ["a", 1], "categories": {"a": "build", "b": "c"}, "grouped": "yes"}')).toEqual({
    ...NO_MARKS,
    pinned: ["a"],
    categories: { a: "build" },
  });
});

it("is everything of both where a browser's marks come to an account's", () => {
  const account: Marks = { ...NO_MARKS, pinned: ["b"], categories: { b: "build" }, reviewed: ["day b 1.1"] };
  const own: Marks = { ...NO_MARKS, pinned: ["a", "b"], hidden: ["c"], categories: { a: "utility", b: "testing" } };
  expect(joined(account, { ...own, grouped: true })).toEqual({
    pinned: ["a", "b"],
    hidden: ["c"],
    categories: { a: "utility", b: "build" },
    reviewed: ["day b 1.1"],
    collapsed: [],
    grouped: true,
  });
  const many = Array.from({ length: 400 }, (_, each) => `day ${each}`);
  expect(joined(account, { ...own, reviewed: many }).reviewed).toHaveLength(300);
});

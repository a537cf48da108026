import { expect, it } from "vitest";
import { failedRun, makeList, passedRun, repository } from "../../testing/builders";
import { groupsOf } from "./entries";

const web = { ...repository, slug: "web", full_name: "acme/web" };
const list = makeList([
  failedRun({ id: 2, run_number: 41, display_title: "Retry charges" }),
  passedRun({ id: 1, workflow_id: 11, name: "Web deploy", run_number: 8, display_title: "Release" }),
]);
const commands = [
  { id: "theme", label: "Switch theme", keys: ["t"] },
  { id: "add", label: "Add repository", keys: ["a"] },
];
const found = (text: string) =>
  groupsOf([repository, web], [list], commands, text).map(({ value, items }) => [
    value,
    items.map(({ label }) => label),
  ]);

it("offers repositories and commands before anything was written", () => {
  expect(found("")).toEqual([
    ["Repositories", ["acme/api", "acme/web"]],
    ["Commands", ["Switch theme", "Add repository"]],
  ]);
});

it("finds what has all the words, wherever they stand", () => {
  expect(found("web")).toEqual([
    ["Repositories", ["acme/web"]],
    ["Workflows", ["Web deploy"]],
    ["Runs", ["Web deploy #8 · Release"]],
  ]);
  expect(found("#41 failed")).toEqual([["Runs", ["CI #41 · Retry charges"]]]);
  expect(found("theme")).toEqual([["Commands", ["Switch theme"]]]);
  expect(found("nothing like it")).toEqual([]);
});

it("leads to the place", () => {
  const [, workflows, runs] = groupsOf([web], [list], [], "web");
  expect(workflows?.items[0]?.target).toEqual({ kind: "workflow", slug: "api", workflow: "Web deploy" });
  expect(runs?.items[0]?.target).toEqual({ kind: "run", slug: "api", runId: 1 });
});

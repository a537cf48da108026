import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keys } from "../../api/keys";
import { createQueryClient } from "../../api/query-client";
import type { RunDetail } from "../../api/types";
import { isFlaky } from "../../lib/flaky";
import { type Workflow, workflowsOf } from "../../lib/runs";
import { at, failedRun, makeJob, makeRun, makeStep, passedRun } from "../../testing/builders";
import { renderPart } from "../../testing/render";
import { WorkflowCard } from "./workflow-card";

function show(...runs: RunDetail[]) {
  const client = createQueryClient();
  client.setQueryData(keys.claims("api"), { claims: [] });
  const workflow = workflowsOf(runs)[0] as Workflow;
  return renderPart(
    <QueryClientProvider client={client}>
      <WorkflowCard
        date="2026-11-22"
        reviewed={false}
        flaky={isFlaky(workflow.latest, [1], runs)}
        workflow={workflow}
        health={undefined}
        past={undefined}
        slug="api"
        flashes={{ shown: false, seen: new Map() }}
      />
    </QueryClientProvider>,
  );
}

const card = () => screen.getByTestId("workflow-card");

beforeEach(() => vi.useFakeTimers({ now: Date.parse(at("09:12")), toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

describe("a broken workflow", () => {
  const step = makeStep({ number: 3, name: "pytest", conclusion: "failure" });
  const job = makeJob({ name: "unit", status: "completed", conclusion: "failure", steps: [step] });
  const broken = failedRun({ jobs: [job], run_attempt: 2 });

  it("says what broke, where, by whose commit and since when", async () => {
    await show(broken);
    expect(within(card()).getByRole("heading", { level: 3 }).textContent).toBe("CI");
    expect(card().dataset.state).toBe("failure");
    for (const words of [
      "Failed at unit · pytest",
      "Cache auth tokens",
      "monalisa · main · push",
      "attempt 2",
      "7 min",
    ]) {
      expect(card().textContent).toContain(words);
    }
  });

  it("leads to its run and to GitHub", async () => {
    await show(broken);
    expect(screen.getByRole("link", { name: "CI" }).getAttribute("href")).toBe("/dashboard/api/runs/1");
    const outside = screen.getByRole("link", { name: "Open CI on GitHub" });
    expect(outside.getAttribute("href")).toBe("https://github.com/acme/api/actions/runs/1");
  });

  it.each([null, "javascript:alert(1)", "http://github.com/acme"])("has no link to %s", async (html_url) => {
    await show(failedRun({ html_url }));
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual(["/dashboard/api/runs/1"]);
  });

  it("counts failures in a row", async () => {
    await show(failedRun({ id: 3 }), failedRun({ id: 2 }), passedRun({ id: 1 }));
    expect(card().textContent).toContain("2nd failure in a row");
  });
});

it("a running workflow shows its jobs, its step and a stopwatch", async () => {
  const step = makeStep({ number: 2, name: "pytest", status: "in_progress", conclusion: null });
  const done = makeJob({ id: 1, status: "completed", conclusion: "success" });
  await show(makeRun({ jobs: [done, makeJob({ id: 2, name: "unit", steps: [step] })] }));
  expect(screen.getByRole("img", { name: "1 of 2 jobs done" })).toBeTruthy();
  for (const words of ["unit · pytest", "12:00", "Running"]) expect(card().textContent).toContain(words);
});

it("a run of which all that is left waits for approval needs somebody", async () => {
  await show(makeRun({ jobs: [makeJob({ name: "deploy", status: "waiting" })] }));
  expect(card().textContent).toContain("Waits for approval of deploy");
});

it("a workflow that is fine takes little room", async () => {
  await show(passedRun());
  for (const words of ["Passed · 5 min · main", "7 min", "flaky"]) expect(card().textContent).toContain(words);
});

it("shows markup in names as the text it is", async () => {
  await show(failedRun({ name: "<img src=x onerror=alert(1)>", display_title: "<b>bold</b>" }));
  expect(card().querySelector("img, b")).toBeNull();
  expect(screen.getByRole("heading", { level: 3 }).textContent).toBe("<img src=x onerror=alert(1)>");
});

it("says how many runs there were, and lists them all when it is asked", async () => {
  const runs = Array.from({ length: 25 }, (_, index) =>
    (index % 5 === 0 ? failedRun : passedRun)({ id: 25 - index, run_number: 25 - index }),
  );
  await show(...runs);
  fireEvent.click(screen.getByRole("button", { name: "All 25 runs of CI that day" }));
  const list = within(await screen.findByRole("dialog", { name: "CI, 25 runs" }));
  const links = list.getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual(runs.map(({ id }) => `/dashboard/api/runs/${id}`));
  expect(links[0]?.textContent).toContain("#25 Failed, Cache auth tokens");
});

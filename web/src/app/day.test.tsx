import { act, fireEvent, screen, within } from "@testing-library/react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { RunDetail, WorkflowPast } from "../api/types";
import { at, failedRun, makeList, makePast, makeRun, makeWorkflows, passedRun, runUpdate } from "../testing/builders";
import type { FakeSocket } from "../testing/fake-socket";
import { openPage } from "../testing/render";

let socket: FakeSocket;

/** Opens a day on which these ran, after days of which that is known. */
async function open(runs: RunDetail[], past: WorkflowPast[], known = makeWorkflows(past), address = "/dashboard/api") {
  const answers: Record<string, unknown> = { "/api/repos/api/runs": makeList(runs), "/api/repos/api/workflows": known };
  vi.stubGlobal(
    "fetch",
    vi.fn(async (request: Request) => {
      const body = answers[new URL(request.url).pathname];
      const headers = { Date: new Date(at("09:12")).toUTCString() };
      return Response.json(body ?? { error: "Unknown.", code: "not-found" }, { status: body ? 200 : 404, headers });
    }),
  );
  socket = await openPage(address);
  act(() => socket.open());
  await screen.findByTestId("card-overview");
  await act(async () => {});
}

const text = (id: string): string | null => screen.getByTestId(id).textContent;
const names = (): (string | null | undefined)[] =>
  screen.getAllByTestId("workflow-card").map((card) => card.querySelector("h3")?.textContent);

const lint = passedRun({ id: 2, workflow_id: 11, name: "Lint" });
const lastNight = {
  id: 99,
  run_number: 4,
  status: "completed",
  conclusion: "failure",
  head_branch: "main",
  run_started_at: at("02:00", "2026-11-20"),
  updated_at: at("02:09", "2026-11-20"),
} as const;
const nightly = makePast({ workflow_id: 12, name: "Nightly", last_run: lastNight });

// Loaded beforehand, for the first import of a part may take longer than a test waits.
beforeAll(() => Promise.all([import("./dashboard-route"), import("../features/day/day-cards")]));

describe("the four cards of a day", () => {
  it("count what passed, failed and did neither", async () => {
    const cancelled = passedRun({ id: 3, conclusion: "cancelled" });
    await open([makeRun({ id: 4 }), failedRun(), lint, cancelled], [nightly]);
    const passFail = screen.getByTestId("card-pass-fail");
    expect(within(passFail).getByText("50 %")).toBeTruthy();
    expect(within(passFail).getByRole("table").textContent).toContain("50 % passed");
    expect(text("overview-workflows")).toBe("Workflows2");
    expect(text("overview-completed")).toBe("Completed3 of 4");
    expect(text("overview-idle")).toBe("Didn't run1");
    expect(text("overview-runtime")).toBe("Total runtime15 min");
    const hours = within(screen.getByTestId("card-hours")).getAllByRole("row");
    expect(hours.slice(1).map((row) => row.textContent?.slice(-3))).toEqual(["112"]);
  });

  it("show their numbers as a table to whoever asks", async () => {
    await open([failedRun(), lint], []);
    const toggle = screen.getByRole("button", { name: "Runs by hour as a table" });
    expect(toggle.getAttribute("aria-pressed")).toBe("false");
    fireEvent.click(toggle);
    expect(screen.getByRole("group", { name: /^Runs by the hour they began/ }).tabIndex).toBe(0);
    expect(toggle.getAttribute("aria-pressed")).toBe("true");
  });

  it("say that nothing ran, and what else does", async () => {
    await open([], [nightly]);
    expect(text("card-pass-fail")).toContain("No runs today");
    expect(text("idle-workflow")).toContain("Nightly · Failed");
    expect(screen.getByTestId("idle-workflow").querySelector("a")?.getAttribute("href")).toBe("/dashboard/api/runs/99");
  });
});

describe("the health of workflows", () => {
  const past = [makePast({ before: "passed" }), makePast({ workflow_id: 11, name: "Lint", before: "failed" }), nightly];

  it("is counted, and limits the list to those who are counted", async () => {
    await open([failedRun(), lint], past);
    expect(["regressed", "still-failing", "improved", "consistent"].map((health) => text(`health-${health}`))).toEqual([
      "Regressed1",
      "Still failing0",
      "Improved1",
      "Consistent0",
    ]);
    expect(screen.getAllByTestId("health-label").map((label) => label.textContent)).toEqual([
      "Regressed · ",
      "Improved · ",
    ]);
    fireEvent.click(screen.getByTestId("health-improved"));
    await vi.waitFor(() => expect(names()).toEqual(["Lint"]));
    expect(screen.queryByTestId("idle-workflow")).toBeNull();
    expect(location.search).toBe("?health=improved");
    fireEvent.click(screen.getByRole("button", { name: "Show all" }));
    await vi.waitFor(() => expect(names()).toEqual(["CI", "Lint"]));
    expect(location.search).toBe("");
  });

  it("can be in a link", async () => {
    await open([failedRun(), lint], past, undefined, "/dashboard/api?health=regressed");
    expect(names()).toEqual(["CI"]);
    expect(screen.getByTestId("health-regressed").getAttribute("aria-pressed")).toBe("true");
  });

  it("changes with a live update", async () => {
    await open([lint], past);
    const [, , confirm] = socket.sent.findLast(([event]) => event === "subscribe-repo") as [
      string,
      unknown,
      (answer: unknown) => void,
    ];
    act(() => confirm({ ok: true, slug: "api", seq: 0, epoch: "e1", updates: [] }));
    await act(async () => socket.trigger("workflow-update", runUpdate(failedRun(), 1)));
    await vi.waitFor(() => expect(text("health-regressed")).toBe("Regressed1"));
  });
});

it("says that only two days are known where there is no history", async () => {
  await open([lint], [], makeWorkflows([nightly], { from_history: false }));
  expect(text("section-idle")).toContain("1 that ran in the two days that are in memory");
});

it("tells of a schedule that has not started anything", async () => {
  await open([lint], [{ ...nightly, expected: [at("02:00")] }]);
  expect(text("missed-start")).toMatch(/Nightly usually starts at \d\d:00, not seen today$/);
});

it("measures a running workflow by its own history", async () => {
  const started = new Date(Date.now() - 200_000).toISOString();
  const past = makePast({ usual: { runs: 20, median: 100, p95: 150 } });
  await open([makeRun({ run_started_at: started, updated_at: started })], [past]);
  const card = screen.getByTestId("workflow-card");
  expect(card.textContent).toContain("of usually 1:40");
});

it("goes to a day of the calendar, and to no day to come", async () => {
  await open([lint], []);
  const picker = screen.getByLabelText("Go to a day");
  fireEvent.change(picker, { target: { value: "2999-01-01" } });
  expect(location.search).toBe("");
  fireEvent.change(picker, { target: { value: "2026-11-19" } });
  await vi.waitFor(() => expect(location.search).toBe("?date=2026-11-19"));
});

it("asks for everything anew where somebody wants that", async () => {
  await open([lint], []);
  const asked = vi.mocked(fetch).mock.calls.length;
  fireEvent.click(screen.getByRole("button", { name: "Refresh" }));
  await vi.waitFor(() => expect(vi.mocked(fetch).mock.calls.length).toBeGreaterThan(asked));
});

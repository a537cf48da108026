import { fireEvent, screen, within } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Report } from "../api/types";
import { makeReport } from "../testing/builders";
import { openPage } from "../testing/render";

const asked: string[] = [];

async function open(report: Report, address = "/dashboard/api/report") {
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request.url);
    return Response.json(report);
  });
  await openPage(address);
}

const part = (name: string) => within(screen.getByTestId(`report-${name}`));

const rowsOf = (name: string): (string | null)[][] =>
  part(name)
    .getAllByRole("row")
    .map((row) => [...row.children].map((cell) => cell.textContent));

// Loaded beforehand, for the first import of a part may take longer than a test waits.
beforeAll(() => import("./report-route"));
beforeEach(() => void asked.splice(0));

it("tells the whole period, and of what it is made", async () => {
  await open(makeReport());
  expect((await screen.findByTestId("report-reach")).textContent).toMatch(
    /^The last 2 days; the first run that is known started on 22 Nov\. Jobs are known of 10 of 12 runs\./,
  );
  expect(screen.getByTestId("figure-success").querySelector("dd")?.textContent).toBe("90 %");
  expect(screen.getByTestId("figure-queue").textContent).toContain("95 % within 1 min 1 s");
  expect(asked.filter((url) => url.includes("/report"))[0]).toContain("days=30");
  expect(screen.getByRole("link", { name: "30 days" }).getAttribute("aria-current")).toBe("page");
});

it("has every number of its charts and tables for screen readers", async () => {
  await open(makeReport());
  await screen.findByTestId("report-rate");
  expect(rowsOf("rate")).toEqual([
    ["Day", "Success", "Runs", "Passed", "Failed", "Other"],
    ["2026-11-21", "–", "0", "0", "0", "0"],
    ["2026-11-22", "90 %", "12", "9", "1", "2"],
  ]);
  expect(rowsOf("durations")[1]).toEqual(["2026-11-22", "9", "1 min 30 s", "5 min"]);
  expect(rowsOf("workflows")[1]).toEqual(["CI", "12", "90 %", "1", "1", "1 min 30 s", "5 min"]);
  expect(rowsOf("slowest")[1]).toEqual(["CI · unit", "1 of 10", "1 min 30 s", "5 min"]);
  expect(rowsOf("waiting")[1]).toEqual(["self-hosted, gpu", "10", "7 s", "1 min 1 s"]);
  expect(rowsOf("minutes")[1]).toEqual(["macOS", "3", "1,200", "× 10", "12,000"]);
  expect(part("minutes").getByText(/an estimate, for private repositories/)).toBeTruthy();
  expect(part("failing").getByText("No job has failed.")).toBeTruthy();
});

it("names flaky commits and leads to the run that passed", async () => {
  await open(makeReport());
  const flaky = within(await screen.findByTestId("report-flaky"));
  expect(flaky.getByText(/the last 1 of 60/)).toBeTruthy();
  expect(flaky.getByRole("listitem").textContent).toContain("CI passed when it was run again · 9c1f0ab · main");
  expect(flaky.getByRole("link", { name: "CI" }).getAttribute("href")).toBe("/dashboard/api/runs/7");
});

it("has the same numbers as files, of the period in the address", async () => {
  await open(makeReport({ days: 90 }), "/dashboard/api/report?days=90");
  const link = await screen.findByRole("link", { name: "Waiting for a runner as CSV" });
  expect(link.getAttribute("href")).toBe("/api/repos/api/report.csv?days=90&tz=UTC&table=waiting");
  expect(screen.getByRole("link", { name: "90 days" }).getAttribute("aria-current")).toBe("page");
  expect(screen.getByRole("link", { name: "30 days" }).getAttribute("aria-current")).toBeNull();
  expect(asked.filter((url) => url.includes("/report"))[0]).toContain("days=90");
});

it("shows a chart as a table to whoever asks", async () => {
  await open(makeReport());
  fireEvent.click(await screen.findByRole("button", { name: "Duration by day as a table" }));
  expect(part("durations").getByRole("group", { name: "Duration of CI by day" })).toBeTruthy();
  expect(screen.getByTestId("report-durations").querySelector("svg[data-chart]")).toBeNull();
});

it("says so where nothing is known, and what would change that", async () => {
  const nothing = { runs: 0, passed: 0, failed: 0, other: 0, success_rate: null };
  await open(makeReport({ total: nothing, since: null, from_history: false }));
  expect(await screen.findByText(/Set OMNILENS_DATABASE_URL to keep a history/)).toBeTruthy();
});

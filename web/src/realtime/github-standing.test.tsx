import { QueryClientProvider } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createQueryClient } from "../api/query-client";
import type { GitHubAnswer } from "../api/types";
import { minuteOfDay } from "../lib/time";
import { renderPart } from "../testing/render";
import { GitHubStanding, standingOf } from "./github-standing";

const NOW = Date.parse("2026-11-22T14:03:40Z");
const COMPARED = "2026-11-22T14:02:00Z";
const LATER = "2026-11-22T15:10:00Z";
const limits = [{ account: "GITHUB_TOKEN", limit: 5000, remaining: 0, resets_at: LATER, closed_until: LATER }];

const standing = (repo: Partial<GitHubAnswer["repos"][number]>, more: Partial<GitHubAnswer> = {}) =>
  standingOf(
    {
      configured: true,
      hint: null,
      limits: [],
      repos: [{ slug: "api", compared_at: COMPARED, learned: 0, comparing: false, problem: null, past: null, ...repo }],
      ...more,
    },
    "api",
    NOW,
  );

const at = minuteOfDay(Date.parse(COMPARED));

it.each([
  ["nothing was missed", standing({}), `Compared with GitHub at ${at}: nothing was missed.`],
  ["one was", standing({ learned: 1 }), `Compared with GitHub at ${at}: 1 missed change was found.`],
  ["several were", standing({ learned: 12 }), `Compared with GitHub at ${at}: 12 missed changes were found.`],
  ["it is not done yet", standing({ compared_at: null }), "Being compared with GitHub."],
  ["it is done again", standing({ comparing: true }), "Being compared with GitHub."],
  ["it failed", standing({ problem: "The token is revoked." }), "Not compared with GitHub: The token is revoked."],
  ["the repository is new", standing({ slug: "other" }), "Being compared with GitHub."],
  ["there is no token", standing({}, { configured: false, hint: "One would add this." }), "One would add this."],
])("says that %s", (_, said, expected) => expect(said).toBe(expected));

it("says until when GitHub may not be asked, and that live updates go on", () => {
  const said = standing({ comparing: true }, { limits });
  expect(said).toContain(`used up until ${minuteOfDay(Date.parse(LATER))}. Live updates go on`);
  const over = limits.map((each) => ({ ...each, closed_until: COMPARED }));
  expect(standing({}, { limits: over })).toContain("nothing was missed");
});

beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const show = () =>
  renderPart(
    <QueryClientProvider client={createQueryClient()}>
      <GitHubStanding slug="api" />
    </QueryClientProvider>,
  );

it("asks when it is looked at, and tells a screen reader", async () => {
  const answer = { configured: false, hint: "One would add this.", limits: [], repos: [] };
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json(answer)),
  );
  await show();
  await screen.findByText("One would add this.");
});

it("shows how much of the past is here, and when it goes on", async () => {
  const past = { done: 12, total: 31, day: "2026-11-10", waiting_until: LATER, problem: "The limit is used up." };
  const repo = { slug: "api", compared_at: COMPARED, learned: 0, comparing: false, problem: null, past };
  vi.stubGlobal("fetch", async () => Response.json({ configured: true, hint: null, limits: [], repos: [repo] }));
  await show();
  await screen.findByText("Past days fetched: 12 of 31");
  expect(screen.getByRole("progressbar", { name: "Past days fetched" }).getAttribute("value")).toBe("12");
  expect(screen.getByTestId("github-past").textContent).toContain(
    `The limit is used up.It goes on at ${minuteOfDay(Date.parse(LATER))}.`,
  );
});

it("does not pretend when it cannot be told", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json({ error: "No.", code: "not-found" }, { status: 404 })),
  );
  await show();
  await screen.findByText(/cannot be told now/);
});

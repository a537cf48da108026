import { QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keys } from "../api/keys";
import { createQueryClient } from "../api/query-client";
import type { Outage } from "../api/types";
import { OutageBanner } from "./outage-banner";

const outage: Outage = {
  id: "abc123-partial",
  level: "partial",
  says: "Actions is down in part",
  incident: "Delays of Actions",
  since: "2026-11-22T13:00:00Z",
  url: "https://status.example/incidents/abc123",
};
const client = createQueryClient();
const say = (told: Outage | null) => act(async () => void client.setQueryData(keys.githubStatus, { outage: told }));

beforeEach(async () => {
  localStorage.clear();
  vi.stubGlobal("fetch", async () => Response.json({ outage: null }));
  render(
    <QueryClientProvider client={client}>
      <OutageBanner />
    </QueryClientProvider>,
  );
  await act(async () => {});
});
afterEach(() => {
  client.clear();
  vi.unstubAllGlobals();
});

it("says nothing while all is well", () => {
  expect(screen.queryByTestId("outage")).toBeNull();
});

it("says what is down, and leads to where one can read on", async () => {
  await say(outage);
  expect(screen.getByTestId("outage").dataset.level).toBe("partial");
  expect(screen.getByTestId("outage").textContent).toContain(
    "GitHub: Actions is down in part. Delays of Actions. Since",
  );
  expect(screen.getByRole("link", { name: "What GitHub says about it" }).getAttribute("href")).toBe(outage.url);
  await say(null);
  expect(screen.queryByTestId("outage")).toBeNull();
});

it("is dismissed for one incident, until that gets worse", async () => {
  await say(outage);
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByTestId("outage")).toBeNull();
  await say({ ...outage });
  expect(screen.queryByTestId("outage")).toBeNull();
  await say({ ...outage, id: "abc123-major", level: "major", says: "Actions is down" });
  expect(screen.getByTestId("outage").dataset.level).toBe("major");
});

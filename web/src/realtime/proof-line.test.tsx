import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../api/query-client";
import { fullTime, minuteOfDay } from "../lib/time";
import { renderPart } from "../testing/render";
import { broken, NOTHING_PROVEN, type Proof, suspended } from "./proof";
import { ProofLine } from "./proof-line";

const NOW = Date.parse("2026-11-22T14:03:40Z");
const SINCE = NOW - 120_000;
const chain = { seq: 4711, epoch: "a1d6e0a9b2c3d4e5", since: SINCE, updates: 0, last: null };
const fresh: Proof = { chain, unprovenSince: null };
const last = { happenedAt: NOW - 14_000, receivedAt: NOW - 12_000 };
const busy: Proof = { chain: { ...chain, updates: 3, last }, unprovenSince: null };
const lost = suspended(busy, NOW);

const show = (proof: Proof, lastEventAt: string | null = null) =>
  renderPart(
    <QueryClientProvider client={createQueryClient()}>
      <ProofLine proof={proof} slug="api" name="acme/api" lastEventAt={lastEventAt} />
    </QueryClientProvider>,
  );

const button = () => screen.getByTestId("proof");

const answer = { configured: false, hint: "A token would add this.", limits: [], repos: [] };

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  vi.stubGlobal("fetch", async () => Response.json(answer));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ["proven", busy, `Gap-free since ${minuteOfDay(SINCE)} · last update 12 s ago`],
  ["proven, and quiet", fresh, `Gap-free since ${minuteOfDay(SINCE)} · no update yet`],
  ["in doubt", lost, `Unproven since ${minuteOfDay(NOW)}`],
  ["broken", broken(busy, NOW), `Unproven since ${minuteOfDay(NOW)}`],
  ["not there yet", NOTHING_PROVEN, "Not proven yet"],
])("says in a line what is %s", async (_, proof, line) => {
  await show(proof);
  expect(button().textContent).toBe(`acme/api: ${line}`);
  expect(button().dataset.proven).toBe(String(line.startsWith("Gap-free")));
});

it("tells the age of what came before it was opened", async () => {
  await show(fresh, "2026-11-22T13:03:40Z");
  expect(button().textContent).toContain("last update 1 h ago");
});

describe("pressed", () => {
  async function details(proof: Proof) {
    await show(proof);
    expect(button().getAttribute("aria-expanded")).toBe("false");
    fireEvent.click(button());
    const found = await screen.findByRole("dialog", { name: "What is proven of acme/api" });
    expect(button().getAttribute("aria-expanded")).toBe("true");
    const terms = [...found.querySelectorAll("dt")].map((term) => term.textContent);
    const facts = [...found.querySelectorAll("dd")].map((fact) => fact.textContent);
    return { text: found.textContent, facts: terms.map((term, index) => [term, facts[index]]) };
  }

  it("has the numbers and times that prove it", async () => {
    const { text, facts } = await details(busy);
    expect(text).toContain("Each update since then named the one before it");
    expect(await screen.findByText("A token would add this.")).toBeTruthy();
    expect(facts).toEqual([
      ["Gap-free since", fullTime(SINCE)],
      ["Updates received", "3"],
      ["Last on GitHub", fullTime(last.happenedAt)],
      ["Last received", fullTime(last.receivedAt)],
      ["Stands at", "seq 4711, epoch a1d6e0a9"],
    ]);
  });

  it("tells what was proven from what is, where the connection is lost", async () => {
    const { text, facts } = await details(lost);
    expect(text).toContain("not known here");
    expect(facts.slice(0, 2)).toEqual([
      ["Unproven since", fullTime(NOW)],
      ["Was gap-free from", fullTime(SINCE)],
    ]);
  });

  it("says of a chain that broke only since when", async () => {
    const { text, facts } = await details(broken(busy, NOW));
    expect(text).toContain("begins anew with a fresh snapshot");
    expect(facts).toEqual([["Unproven since", fullTime(NOW)]]);
  });
});

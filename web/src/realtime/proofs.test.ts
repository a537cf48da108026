import { expect, it } from "vitest";
import type { Update } from "../api/types";
import { timeOfDay } from "../lib/time";
import { at, makeRun, runUpdate } from "../testing/builders";
import { wayOf } from "./card-proof-popover";
import { Proofs } from "./proofs";

const HAPPENED = Date.parse(at("09:05"));
const update = (id: number, seq: number, received = "09:05:02"): Update => ({
  ...runUpdate(makeRun({ id, updated_at: at("09:05") }), seq),
  timestamp: at(received),
});
const FROM = { seq: 0, epoch: "e1" };

it("remembers the way of each run's last update", () => {
  const proofs = new Proofs();
  proofs.shown("api", [update(1, 1), update(2, 2), update(1, 3, "09:05:03")], FROM, HAPPENED + 3050);
  expect(proofs.lastOf("api", 1)).toEqual({
    seq: 3,
    happenedAt: HAPPENED,
    receivedAt: HAPPENED + 3000,
    shownAt: HAPPENED + 3050,
  });
  expect(proofs.lastOf("api", 2)?.seq).toBe(2);
  expect(proofs.lastOf("api", 3)).toBeUndefined();
  expect(proofs.lastOf("web", 1)).toBeUndefined();
});

it("keeps when an update first came, also where it comes again", () => {
  const proofs = new Proofs();
  proofs.shown("api", [update(1, 1)], FROM, HAPPENED + 5000);
  proofs.shown("api", [update(1, 1)], FROM, HAPPENED + 60_000);
  expect(proofs.lastOf("api", 1)?.shownAt).toBe(HAPPENED + 5000);
});

it("is bounded", () => {
  const proofs = new Proofs();
  const many = Array.from({ length: 2001 }, (_, index) => update(index + 1, index + 1));
  proofs.shown("api", many, FROM, HAPPENED);
  expect(proofs.lastOf("api", 1)).toBeUndefined();
  expect(proofs.lastOf("api", 2)).toBeDefined();
});

it.each([
  ["in milliseconds where the clocks agree", 2000, 2038, true, "at most 2.0 s later", "38 ms later"],
  ["no better than GitHub's seconds", 40, 1540, true, "at most 1.0 s later", "1.5 s later"],
  ["with a clock of GitHub's that is ahead", -700, 0, true, "at most 1.0 s later", "700 ms later"],
])("says how long it took %s", (_, received, shown, agrees, server, page) => {
  const last = { seq: 1, happenedAt: HAPPENED, receivedAt: HAPPENED + received, shownAt: HAPPENED + shown };
  const [, atServer, onPage] = wayOf(last, agrees);
  expect(atServer?.[1]).toBe(`${timeOfDay(HAPPENED + received)}, ${server}`);
  expect(onPage?.[1]).toBe(`${timeOfDay(HAPPENED + shown)}, ${page}`);
});

it("does not say what cannot be known with a wrong clock", () => {
  const last = { seq: 1, happenedAt: HAPPENED, receivedAt: HAPPENED + 2000, shownAt: HAPPENED + 2038 };
  expect(wayOf(last, false)[2]).toEqual(["On this page", timeOfDay(HAPPENED + 2038)]);
});

import { describe, expect, it } from "vitest";
import type { Update } from "../api/types";
import { at, jobUpdate, makeJob, makeRun, runUpdate, updatesUpTo } from "../testing/builders";
import { broken, extended, NOTHING_PROVEN, type Proof, provenChain, subscribed, suspended } from "./proof";

const FROM = { seq: 10, epoch: "e1" };
const begun = subscribed(NOTHING_PROVEN, FROM, 1000);
const running = extended(begun, updatesUpTo(12, 11), 2000);
const away = suspended(running, 3000);

const back = (proof: Proof, seq: number, missed: Update[] = [], epoch = "e1") =>
  extended(subscribed(proof, { seq, epoch }, 9000), missed, 9000);

it("claims nothing before the first subscription", () => {
  expect(provenChain(NOTHING_PROVEN)).toBeNull();
  expect(extended(NOTHING_PROVEN, updatesUpTo(3), 1000)).toBe(NOTHING_PROVEN);
  expect(suspended(NOTHING_PROVEN, 1000)).toBe(NOTHING_PROVEN);
});

it("begins where the snapshot stands, at the moment the server promises to tell the rest", () => {
  expect(provenChain(begun)).toEqual({ seq: 10, epoch: "e1", since: 1000, updates: 0, last: null });
});

describe("updates", () => {
  it("continue the chain while each names the one before it, whatever its number", () => {
    const further = extended(running, [runUpdate(makeRun(), 20, 12), runUpdate(makeRun(), 31, 20)], 3000);
    expect(provenChain(further)).toMatchObject({ since: 1000, seq: 31, updates: 4 });
  });

  it("count once", () => {
    expect(extended(running, updatesUpTo(12, 10), 3000)).toBe(running);
  });

  it("end it where one is missing", () => {
    const gap = extended(running, [runUpdate(makeRun(), 14)], 3000);
    expect(gap).toEqual({ chain: null, unprovenSince: 3000 });
    expect(extended(gap, updatesUpTo(15, 13), 3000)).toBe(gap);
  });

  it("tell when the last one happened by GitHub's word, and when it was received", () => {
    const receivedAt = Date.parse(at("09:07"));
    const run = { ...runUpdate(makeRun({ updated_at: at("09:05") }), 13), timestamp: at("09:07") };
    const times = (update: Update) => provenChain(extended(running, [update], 3000))?.last;
    expect(times(run)).toEqual({ happenedAt: Date.parse(at("09:05")), receivedAt });
    const job = { ...jobUpdate(makeRun(), makeJob({ updated_at: at("09:06") }), 13), timestamp: at("09:07") };
    expect(times(job)).toEqual({ happenedAt: Date.parse(at("09:06")), receivedAt });
    const silent = { ...jobUpdate(makeRun(), makeJob({ updated_at: null }), 13), timestamp: at("09:07") };
    expect(times(silent)).toEqual({ happenedAt: receivedAt, receivedAt });
  });
});

describe("without a connection", () => {
  it("nothing is claimed, since the first moment of it", () => {
    expect(provenChain(away)).toBeNull();
    expect(suspended(away, 4000)).toEqual({ ...running, unprovenSince: 3000 });
  });

  it("what was proven goes on with exactly what was missed", () => {
    const resumed = back(away, 12, updatesUpTo(14, 13));
    expect(provenChain(resumed)).toMatchObject({ since: 1000, seq: 14, updates: 4 });
  });

  it("goes on as well from an older place, and counts nothing twice", () => {
    expect(provenChain(back(away, 10, updatesUpTo(14, 11)))).toMatchObject({ since: 1000, seq: 14, updates: 4 });
  });

  it("begins anew behind what was not told", () => {
    expect(provenChain(back(away, 13))).toEqual({ seq: 13, epoch: "e1", since: 9000, updates: 0, last: null });
  });

  it("begins anew in another history, whatever its numbers", () => {
    expect(provenChain(back(away, 12, [], "e2"))).toMatchObject({ epoch: "e2", since: 9000, updates: 0 });
  });
});

describe("a chain that broke", () => {
  it("stays unproven since it was first in doubt", () => {
    expect(broken(away, 5000)).toEqual({ chain: null, unprovenSince: 3000 });
    expect(broken(running, 5000)).toEqual({ chain: null, unprovenSince: 5000 });
  });

  it("begins anew even where the next answer gives what was missing: for a moment it was not there", () => {
    const healed = back(broken(running, 5000), 12, updatesUpTo(14, 13));
    expect(provenChain(healed)).toMatchObject({ since: 9000, seq: 14, updates: 2 });
  });
});

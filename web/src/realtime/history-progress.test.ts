import { expect, it } from "vitest";
import { makeHistory, makeList, makeProgress } from "../testing/builders";
import { applyProgress, isOutdatedBy, mayOutdate } from "./history-progress";

const days = [
  { date: "2026-11-09", state: "complete" as const, done: 7, total: 7 },
  { date: "2026-11-10", state: "fetching" as const, done: 0, total: null },
];
const list = makeList([], { history: makeHistory({ done: 7, days }) });

it("adds up the days in UTC that a day is made of", () => {
  const { history } = applyProgress(list, makeProgress());
  expect([history?.state, history?.done, history?.total]).toEqual(["fetching", 107, 257]);
  const before = applyProgress(list, makeProgress({ total: null, done: 0 })).history;
  expect([before?.done, before?.total]).toEqual([7, null]);
});

it("takes a failure back when it goes on", () => {
  const failed = makeList([], {
    history: makeHistory({ state: "failed", reason: "Down.", retryAt: "2026-11-22T10:00:00Z" }),
  });
  const { history } = applyProgress(failed, makeProgress());
  expect([history?.state, history?.reason, history?.retryAt]).toEqual(["fetching", null, null]);
});

it("leaves lists of other days as they are", () => {
  expect(applyProgress(list, makeProgress({ date: "2026-11-11" }))).toBe(list);
  const live = makeList();
  expect(applyProgress(live, makeProgress())).toBe(live);
});

it("knows what has to be fetched again", () => {
  expect(isOutdatedBy(list, makeProgress())).toBe(false);
  expect(isOutdatedBy(list, makeProgress({ state: "complete" }))).toBe(true);
  expect(isOutdatedBy(list, makeProgress({ state: "failed" }))).toBe(true);
  const other = { date: "2026-10-20", state: "complete" as const };
  expect(isOutdatedBy(list, makeProgress(other))).toBe(false);
  expect(isOutdatedBy(list, makeProgress({ ...other, touched: ["2026-10-21", "2026-11-09"] }))).toBe(true);
  expect(isOutdatedBy(makeList(), makeProgress({ state: "complete" }))).toBe(false);
});

it("knows what may have to, before its answer is here", () => {
  const ended = makeProgress({ state: "complete" });
  expect(["2026-11-08", "2026-11-09", "2026-11-11", "2026-11-12"].map((date) => mayOutdate(date, ended))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(mayOutdate("2026-11-10", makeProgress())).toBe(false);
});

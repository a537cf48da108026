import { expect, it } from "vitest";
import { at, makePast, passedRun } from "../testing/builders";
import { missedStarts } from "./missed";
import { instant } from "./time";

const nightly = makePast({ workflow_id: 12, name: "Nightly", expected: [at("02:00"), at("14:00")] });
const scheduled = (time: string) =>
  passedRun({ workflow_id: 12, event: "schedule", created_at: at(time), run_started_at: at(time) });
const missed = (now: string, ...times: string[]) =>
  missedStarts([nightly], times.map(scheduled), instant(at(now))).map((each) => new Date(each.at).getUTCHours());

it("waits an hour, because GitHub itself is late", () => {
  expect(missed("02:59")).toEqual([]);
  expect(missed("03:00")).toEqual([2]);
  expect(missed("15:00")).toEqual([2, 14]);
});

it("takes what started late or a little early for kept", () => {
  expect(missed("15:00", "01:40", "17:00")).toEqual([]);
  expect(missed("15:00", "14:05")).toEqual([2]);
});

it("is not content with a run that somebody else started", () => {
  const byHand = passedRun({ workflow_id: 12, event: "workflow_dispatch", run_started_at: at("02:00") });
  const others = passedRun({ workflow_id: 13, event: "schedule", created_at: at("02:00") });
  expect(missedStarts([nightly], [byHand, others], instant(at("04:00")))).toEqual([
    { name: "Nightly", at: instant(at("02:00")) },
  ]);
});

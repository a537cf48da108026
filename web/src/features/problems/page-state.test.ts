import { expect, it } from "vitest";
import { ConnectionState } from "../../realtime/connection-state";
import { pageState } from "./page-state";

const connection = new ConnectionState().get();

it("says how the page is connected, and up to where the oldest of its answers has seen", () => {
  const answers: [unknown, unknown][] = [
    [["live", "api", "runs"], { seq: 12, epoch: "e1" }],
    [["live", "api", "run", 1], { seq: 9, epoch: "e1" }],
    [["live", "api", "run", 2], undefined],
  ];
  const live = pageState({ ...connection, phase: "live", latency: 12.4 }, answers, 61_400);
  expect(live).toEqual({ phase: "live", cause: "", latency: 12, seq: 9, epoch: "e1", polled: false, visible_for: 61 });
});

it("says why it failed, in no more words than are taken", () => {
  const failed = pageState({ ...connection, phase: "failed", cause: "x".repeat(400) }, [], 0);
  expect([failed.cause.length, failed.seq, failed.epoch]).toEqual([300, null, ""]);
});

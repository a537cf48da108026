import { describe, expect, it } from "vitest";
import { at, failedRun, jobUpdate, makeJob, makeRun, passedRun, runUpdate } from "../testing/builders";
import { announcementsOf, type Notice, noticeOf } from "./notices";

const kindOf = (...[before, run]: [Parameters<typeof noticeOf>[0], Parameters<typeof runUpdate>[0]]) =>
  noticeOf(before, runUpdate(run, 1), "acme/api")?.kind;

describe("worth a notice", () => {
  it("is a run that broke, with where it is", () => {
    const notice = noticeOf([makeRun()], runUpdate(failedRun(), 1), "acme/api");
    expect(notice).toMatchObject({ kind: "broke", title: "CI failed", detail: "acme/api · main", runId: 1 });
  });

  it("is a branch that passes again, but not one that never broke", () => {
    const earlier = failedRun({ id: 1, run_started_at: at("08:00") });
    expect(kindOf([makeRun({ id: 2 }), earlier], passedRun({ id: 2 }))).toBe("fixed");
    expect(
      kindOf([makeRun({ id: 2 }), passedRun({ id: 1, run_started_at: at("08:00") })], passedRun({ id: 2 })),
    ).toBeUndefined();
    expect(kindOf([makeRun({ id: 2 }), { ...earlier, head_branch: "other" }], passedRun({ id: 2 }))).toBeUndefined();
  });

  it("is a run that waits for somebody", () => {
    expect(kindOf([makeRun()], makeRun({ status: "waiting" }))).toBe("waits");
    const held = jobUpdate(makeRun(), makeJob({ status: "waiting" }), 1);
    expect(noticeOf([makeRun()], held, "acme/api")).toMatchObject({ kind: "waits", title: "CI waits for approval" });
  });

  it("is nothing that was known already", () => {
    expect(kindOf([failedRun()], failedRun())).toBeUndefined();
    expect(kindOf([makeRun()], makeRun({ updated_at: at("09:01") }))).toBeUndefined();
  });

  it("is a second attempt that fails as well", () => {
    expect(kindOf([failedRun()], failedRun({ run_attempt: 2 }))).toBe("broke");
  });
});

describe("a burst", () => {
  const notice = (number: number, kind: Notice["kind"] = "broke"): Notice => ({
    kind,
    id: `w${number}`,
    workflow: `W${number}`,
    title: `W${number} failed`,
    detail: "acme/api",
    slug: "api",
    runId: number,
  });

  it("of a few stays as it is, each leading to its run", () => {
    expect(announcementsOf([notice(1), notice(2)]).map(({ title, target }) => [title, target?.runId])).toEqual([
      ["W1 failed", 1],
      ["W2 failed", 2],
    ]);
  });

  it("of many becomes one line for each kind", () => {
    const many = [notice(1), notice(2), notice(3), notice(4, "fixed"), notice(3)];
    expect(announcementsOf(many).map(({ title, detail }) => [title, detail])).toEqual([
      ["3 workflows failed", "W1, W2, W3"],
      ["W4 failed", "acme/api"],
    ]);
  });
});

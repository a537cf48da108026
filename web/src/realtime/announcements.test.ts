import { describe, expect, it } from "vitest";
import { makeNotification } from "../testing/builders";
import { announcementsOf, titleOf } from "./announcements";
import { awayLine } from "./away";

describe("a burst", () => {
  const notice = (id: number, kind: "broke" | "fixed" = "broke") =>
    makeNotification({ id, kind, incident: `i${id}`, workflow: `W${id}`, run_id: id });

  it("of a few stays as it is, each leading to its run", () => {
    expect(announcementsOf([notice(1), notice(2)]).map(({ title, target }) => [title, target?.runId])).toEqual([
      ["W1 failed", 1],
      ["W2 failed", 2],
    ]);
  });

  it("of many becomes one line for each kind", () => {
    const many = [notice(1), notice(2), notice(3), notice(4, "fixed")];
    expect(announcementsOf(many).map(({ title, detail, notices }) => [title, detail, notices])).toEqual([
      ["3 workflows failed", "W1, W2, W3", [1, 2, 3]],
      ["W4 passes again", "acme/api · main", [4]],
    ]);
  });

  it("in which a branch broke and was fixed tells that it is fixed", () => {
    const fixed = { ...notice(2, "fixed"), incident: "i1" };
    expect(announcementsOf([notice(1), fixed]).map(({ title }) => title)).toEqual(["W2 passes again"]);
  });
});

it("says what happened in as few words as a title has", () => {
  const title = (fields: Parameters<typeof makeNotification>[0]) => titleOf(makeNotification(fields));
  expect(title({ conclusion: "timed_out" })).toBe("CI timed out");
  expect(title({ kind: "failing", conclusion: null })).toBe("CI is failing");
  expect(title({ kind: "still_fails" })).toBe("CI still fails");
  expect(title({ kind: "waits", conclusion: null })).toBe("CI waits for approval");
});

describe("a while away", () => {
  const broke = makeNotification({ id: 1, repo_slug: "api" });
  const other = makeNotification({ id: 2, repo_slug: "web", workflow: "E2E", incident: "i2" });
  const fixed = makeNotification({ id: 3, kind: "fixed" });

  it("is one line", () => {
    expect(awayLine({ took: 37 * 60_000, notices: [fixed, broke, other] })).toBe(
      "While you were away (37 min): 2 broke (api / CI, web / E2E), 1 fixed",
    );
  });

  it("counts an incident once, also if its re-run failed as well", () => {
    const again = makeNotification({ id: 4, kind: "still_fails" });
    expect(awayLine({ took: null, notices: [again, broke] })).toBe("While you were away: 1 broke (api / CI)");
  });

  it("names no more than a few", () => {
    const many = [1, 2, 3, 4, 5].map((id) => makeNotification({ id, incident: `i${id}`, workflow: `W${id}` }));
    expect(awayLine({ took: 7_500_000, notices: many })).toBe(
      "While you were away (2 h 5 min): 5 broke (api / W1, api / W2, api / W3 and 2 more)",
    );
  });
});

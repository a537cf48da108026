import { describe, expect, it } from "vitest";
import { failedRun, makeJob, makeList, makeRun, passedRun, repository } from "../testing/builders";
import { choicesOf, type Filter, filtered, isFiltering, NO_FILTER, readFilter, wordsFor } from "./filter";

const runs = [
  failedRun({ id: 6, workflow_id: 10, name: "CI", display_title: "Retry charges", head_branch: "feature/retry" }),
  passedRun({ id: 5, workflow_id: 10, name: "CI", actor: { login: "octocat", avatar_url: null } }),
  failedRun({ id: 4, workflow_id: 11, name: "Deploy", event: "workflow_dispatch" }),
  passedRun({
    id: 3,
    workflow_id: 12,
    name: "Lint",
    event: "pull_request",
    actor: { login: "mallory", avatar_url: null },
  }),
  makeRun({ id: 2, workflow_id: 13, name: "Nightly", event: "schedule", actor: null, run_number: 712 }),
  failedRun({ id: 1, workflow_id: 13, name: "Nightly", event: "schedule" }),
];
const list = makeList(runs);
const ids = (filter: Filter, of = list) => filtered(of, filter).runs.map(({ id }) => id);

describe("a filter", () => {
  it.each<[Filter, number[]]>([
    [{ q: "retry" }, [6]],
    [{ q: "  CHARGES ci " }, [6]],
    [{ q: "octocat" }, [5]],
    [{ q: "#712" }, [2]],
    [{ q: "acme/api deploy" }, [4]],
    [{ q: "nothing of the kind" }, []],
    [{ branch: "feature/retry" }, [6]],
    [{ branch: "feature" }, []],
    [{ actor: "octocat" }, [5]],
    [{ event: "schedule" }, [2, 1]],
    [{ workflow: "CI" }, [6, 5]],
    [{ workflow: "CI", branch: "main" }, [5]],
    [{ actor: "octocat", branch: "feature/retry" }, []],
  ])("%o lets through %o", (filter, expected) => {
    expect(ids(filter)).toEqual(expected);
  });

  it("by default branch leaves out pull requests, whose branch may be a fork's", () => {
    expect(ids({ default: 1 })).toEqual([5, 4, 2, 1]);
    expect(ids({ default: 1 }, { ...list, repo: { ...repository, default_branch: "trunk" } })).toEqual([]);
    const unknown = makeList([...runs], { repo: { ...repository, default_branch: null } });
    expect(ids({ default: 1 }, unknown)).toHaveLength(6);
  });

  it("by state takes a workflow as it stands now, with all its runs", () => {
    expect(ids({ state: "failure" })).toEqual([6, 5, 4]);
    expect(ids({ state: "in_progress" })).toEqual([2, 1]);
    expect(ids({ state: "success" })).toEqual([3]);
    expect(ids({ state: "success", branch: "main" })).toEqual([5, 3]);
    const held = makeRun({ jobs: [makeJob({ status: "waiting" })] });
    expect(ids({ state: "waiting" }, makeList([held]))).toEqual([1]);
  });

  it("without a wish leaves the list alone, and with the same wish gives the same value", () => {
    expect(filtered(list, NO_FILTER)).toBe(list);
    const once = filtered(list, { q: "ci" }).runs;
    expect(filtered({ ...list, seq: 1 }, { q: "ci" }).runs).toBe(once);
    expect(filtered(list, { q: "lint" }).runs).not.toBe(once);
  });

  it("counts what each choice would show, given the rest", () => {
    expect(choicesOf([list], {}, "event")).toEqual([
      { value: "push", count: 2 },
      { value: "schedule", count: 2 },
      { value: "pull_request", count: 1 },
      { value: "workflow_dispatch", count: 1 },
    ]);
    expect(choicesOf([list], { workflow: "CI", branch: "main" }, "branch")).toEqual([
      { value: "feature/retry", count: 1 },
      { value: "main", count: 1 },
    ]);
    expect(choicesOf([list], { state: "success" }, "state")).toEqual([
      { value: "failure", count: 2 },
      { value: "in_progress", count: 1 },
      { value: "success", count: 1 },
    ]);
  });
});

describe("the address", () => {
  it("is read whatever stands in it", () => {
    expect(readFilter({ q: "712", actor: "", default: "1", state: "failure", other: "x" })).toEqual({
      ...NO_FILTER,
      q: "712",
      default: 1,
      state: "failure",
    });
    expect(isFiltering(readFilter({ state: "exploded", default: "no", q: "" }))).toBe(false);
    expect(readFilter({ q: "x".repeat(9999) }).q).toHaveLength(250);
  });

  it("is put into words", () => {
    const filter: Filter = { q: "a b", default: 1, state: "timed_out", event: "workflow_dispatch", branch: "main" };
    expect(wordsFor("q", filter)).toBe("“a b”");
    expect(wordsFor("default", filter)).toBe("default branch");
    expect(wordsFor("state", filter)).toBe("Timed out");
    expect(wordsFor("state", { state: "queued" })).toBe("Queued");
    expect(wordsFor("event", filter)).toBe("event workflow dispatch");
    expect(wordsFor("branch", filter)).toBe("branch main");
  });
});

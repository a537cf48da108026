import { describe, expect, it } from "vitest";
import { failedRun, makeClaim, makeJob, makeRun, passedRun } from "../testing/builders";
import { branchOf, canBeClaimed, claimOn } from "./claims";

const claim = makeClaim({ run_id: 5 });
const failed = failedRun({ id: 5 });

describe("a claim", () => {
  it("counts for its workflow on its branch, until a run passes there", () => {
    expect(claimOn([claim], failed, [failed])).toBe(claim);
    expect(claimOn([claim], failedRun({ id: 6 }), [failed])).toBe(claim);
    expect(claimOn([claim], makeRun({ id: 6 }), [failed])).toBe(claim);
    expect(claimOn([claim], failedRun({ id: 6, head_branch: "fix" }), [failed])).toBeUndefined();
    expect(claimOn([claim], failedRun({ id: 6, workflow_id: 99 }), [failed])).toBeUndefined();
    expect(claimOn(undefined, failed, [failed])).toBeUndefined();
  });

  it("is over when the run that failed passes, or a later one, and not by an older one", () => {
    expect(claimOn([claim], failedRun({ id: 7 }), [passedRun({ id: 6 })])).toBeUndefined();
    expect(claimOn([claim], makeRun({ id: 7 }), [passedRun({ id: 5 })])).toBeUndefined();
    expect(claimOn([claim], failed, [passedRun({ id: 4 })])).toBe(claim);
    expect(claimOn([claim], failed, [passedRun({ id: 6, head_branch: "fix" })])).toBe(claim);
    expect(claimOn([claim], passedRun({ id: 4 }), [])).toBeUndefined();
  });

  it("can be made about what fails, or has begun to", () => {
    expect(canBeClaimed(failed, [failed])).toBe(true);
    expect(canBeClaimed(failed, [passedRun({ id: 6 })])).toBe(false);
    expect(canBeClaimed(passedRun(), [])).toBe(false);
    expect(canBeClaimed(makeRun(), [])).toBe(false);
    expect(canBeClaimed({ ...makeRun(), jobs: failed.jobs }, [])).toBe(failed.jobs.length > 0);
    expect(canBeClaimed(failedRun({ workflow_id: null }), [])).toBe(false);
  });

  it("can be made about what waits for an approval, and goes on while what was approved is under way", () => {
    const waits = makeRun({ id: 5, status: "waiting" });
    const held = makeRun({ id: 5, jobs: [makeJob({ status: "waiting" })] });
    expect(canBeClaimed(waits, [waits])).toBe(true);
    expect(canBeClaimed(held, [held])).toBe(true);
    expect(canBeClaimed(makeRun({ status: "completed", conclusion: "action_required" }), [])).toBe(true);
    expect(canBeClaimed({ ...held, jobs: [...held.jobs, makeJob({ id: 2, status: "in_progress" })] }, [])).toBe(false);
    expect(canBeClaimed(waits, [passedRun({ id: 6 })])).toBe(false);
    expect(claimOn([claim], makeRun({ id: 5 }), [])).toBe(claim);
  });

  it("tells the branch of a fork from ours", () => {
    const fork = failedRun({ event: "pull_request", pull_requests: [], actor: { login: "mona", avatar_url: null } });
    expect(branchOf({ ...fork, head_branch: "main" })).toBe("mona:main");
    expect(branchOf({ ...fork, head_branch: "main", pull_requests: [{ number: 1 }] })).toBe("main");
    expect(branchOf(failedRun({ head_branch: null }))).toBeNull();
  });
});

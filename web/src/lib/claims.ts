import type { Claim, RunDetail } from "../api/types";
import { isBroken, isCompleted, isPassed, isWaiting } from "./status";

/** The branch as people call it: "octocat:main" is one of a fork, whose "main" is not ours. */
export function branchOf({ event, pull_requests, actor, head_branch }: RunDetail): string | null {
  const foreign = event?.startsWith("pull_request") && pull_requests.length === 0;
  return foreign && actor && head_branch ? `${actor.login}:${head_branch}` : (head_branch ?? null);
}

const isOf = (run: RunDetail, claim: Pick<Claim, "workflow_id" | "branch">): boolean =>
  run.workflow_id === claim.workflow_id && branchOf(run) === claim.branch;

/**
 * The claim that counts for a run: somebody looks after its workflow on its branch. One that a later run has ended is
 * over, whether or not the server has said so yet; `runs` are those that are known of the workflow.
 */
export function claimOn(claims: Claim[] | undefined, run: RunDetail, runs: RunDetail[]): Claim | undefined {
  if (isPassed(run)) return undefined;
  return claims?.find((claim) => isOf(run, claim) && !hasPassedSince(claim, claim.run_id, runs));
}

/** Whether there is something to look after: the run fails, has begun to, or waits, and none has passed there since. */
export function canBeClaimed(run: RunDetail, runs: RunDetail[]): boolean {
  const needs = isBroken(run) || isWaiting(run) || (!isCompleted(run) && run.jobs.some(isBroken));
  if (!needs || !run.workflow_id) return false;
  return !hasPassedSince({ workflow_id: run.workflow_id, branch: branchOf(run) }, run.id, runs);
}

function hasPassedSince(place: Pick<Claim, "workflow_id" | "branch">, id: number, runs: RunDetail[]): boolean {
  return runs.some((run) => run.id >= id && isPassed(run) && isOf(run, place));
}

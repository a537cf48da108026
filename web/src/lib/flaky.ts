import type { Run } from "../api/types";
import { isBroken, isPassed } from "./status";
import { instant } from "./time";

/**
 * Failed, then passed on the same commit: in an earlier attempt, or in another one of these runs of its workflow.
 * A server that is older than this page, as there may be during an upgrade, does not say what failed before.
 */
export function isFlaky(run: Run, failedBefore: readonly number[] | undefined, runs: readonly Run[]): boolean {
  if (!isPassed(run) || !run.head_sha) return false;
  return Boolean(failedBefore?.includes(run.id)) || runs.some((other) => failedFirst(other, run));
}

const failedFirst = (other: Run, run: Run): boolean =>
  isBroken(other) && other.head_sha === run.head_sha && instant(other.updated_at) < instant(run.updated_at);

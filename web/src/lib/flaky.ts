import type { Run } from "../api/types";
import { isBroken, isPassed } from "./status";
import { instant } from "./time";

/** Failed, then passed on the same commit: in an earlier attempt, or in another one of these runs of its workflow. */
export function isFlaky(run: Run, failedBefore: readonly number[], runs: readonly Run[]): boolean {
  if (!isPassed(run) || !run.head_sha) return false;
  return failedBefore.includes(run.id) || runs.some((other) => failedFirst(other, run));
}

const failedFirst = (other: Run, run: Run): boolean =>
  isBroken(other) && other.head_sha === run.head_sha && instant(other.updated_at) < instant(run.updated_at);

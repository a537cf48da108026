import type { RunDetail, WorkflowPast } from "../api/types";
import { isBroken, isCompleted, isPassed } from "./status";

/** How a workflow does, compared with the day before. The definition is in docs/day.md. */
export type Health = "consistent" | "improved" | "regressed" | "still-failing";

export const HEALTHS: Health[] = ["regressed", "still-failing", "improved", "consistent"];

export const HEALTH_WORD: Record<Health, string> = {
  consistent: "Consistent",
  improved: "Improved",
  regressed: "Regressed",
  "still-failing": "Still failing",
};

/**
 * What the day's runs (newest first) say, given how the last run of the day before ended. Only what passed or failed
 * says anything; as long as the newest run is under way, nothing has changed yet.
 */
export function healthOf(runs: RunDetail[], before: WorkflowPast["before"] | undefined): Health {
  const latest = runs[0];
  const verdicts = runs.filter((run) => isPassed(run) || isBroken(run));
  const last = verdicts[0];
  if (!last || !latest || !isCompleted(latest)) return "consistent";
  if (before) {
    if (isPassed(last)) return before === "failed" ? "improved" : "consistent";
    return before === "passed" ? "regressed" : "still-failing";
  }
  const failed = verdicts.filter(isBroken).length;
  return failed > verdicts.length - failed ? "still-failing" : "consistent";
}

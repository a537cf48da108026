import type { Job } from "../../api/types";
import { isBroken, isCompleted, isPassed } from "../../lib/status";

/** "1 failed while 2 still run", and the like. */
export function jobsSummary(jobs: Job[]): string {
  const failed = jobs.filter(isBroken).length;
  const passed = jobs.filter(isPassed).length;
  const running = jobs.filter((job) => job.status === "in_progress").length;
  const waiting = jobs.filter((job) => !isCompleted(job)).length - running;
  const parts = [
    failed > 0 && `${failed} failed`,
    passed > 0 && `${passed} passed`,
    running > 0 && `${running} running`,
    waiting > 0 && `${waiting} to come`,
  ];
  return parts.filter(Boolean).join(", ");
}

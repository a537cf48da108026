import type { RunDetail, WorkflowPast } from "../api/types";
import { workflowKey } from "./runs";
import { instant } from "./time";

/** GitHub starts schedules late where many want the same minute. */
const PATIENCE = 3_600_000;
const EARLY = 1_800_000;

export interface Missed {
  name: string;
  /** When it usually starts. */
  at: number;
}

/** The schedules that should have started something by now, and did not. */
export function missedStarts(workflows: WorkflowPast[], runs: RunDetail[], now: number): Missed[] {
  const started = new Map<string, number[]>();
  for (const run of runs) {
    if (run.event !== "schedule") continue;
    const key = workflowKey(run);
    started.set(key, [...(started.get(key) ?? []), instant(run.created_at ?? run.run_started_at)]);
  }
  return workflows.flatMap(({ name, expected, ...workflow }) => {
    if (expected.length === 0) return [];
    const starts = started.get(workflowKey({ name, ...workflow })) ?? [];
    const moments = expected.map(instant);
    return moments.flatMap((at, index) => {
      const next = moments[index + 1] ?? Number.POSITIVE_INFINITY;
      const kept = starts.some((start) => start >= at - EARLY && start < next - EARLY);
      return kept || now < at + PATIENCE ? [] : [{ name, at }];
    });
  });
}

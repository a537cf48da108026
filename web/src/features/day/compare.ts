import type { WorkflowList, WorkflowPast } from "../../api/types";
import { type Health, healthOf } from "../../lib/health";
import { type Workflow, workflowKey } from "../../lib/runs";

/** A day beside those before it. */
export interface Compared {
  /** The server's answer, as soon as it is here. */
  before: WorkflowList | undefined;
  /** What is known of each workflow from before. */
  past: Map<string, WorkflowPast>;
  /** Of the workflows that ran; none as long as the days before are not known. */
  health: Map<string, Health>;
  counts: Map<Health, number>;
  /** The workflows that ran in the 30 days before and not on this one; nothing as long as that is not known. */
  idle: WorkflowPast[] | null;
}

/** Whether two say the same: an update seldom changes how a day compares with those before it. */
export function sameCompared(a: Compared, b: Compared): boolean {
  if (a === b) return true;
  return a.before === b.before && sameHealth(a.health, b.health) && sameIdle(a.idle, b.idle);
}

const sameHealth = (a: Compared["health"], b: Compared["health"]): boolean =>
  a.size === b.size && [...a].every(([key, health]) => b.get(key) === health);

const sameIdle = (a: Compared["idle"], b: Compared["idle"]): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((each, index) => each === b[index]));

export function compare(workflows: Workflow[], before: WorkflowList | undefined): Compared {
  const past = new Map(before?.workflows.map((each) => [workflowKey(each), each]));
  const health = new Map<string, Health>();
  const counts = new Map<Health, number>();
  if (!before) return { before, past, health, counts, idle: null };
  for (const { key, runs } of workflows) {
    const now = healthOf(runs, past.get(key)?.before);
    health.set(key, now);
    counts.set(now, (counts.get(now) ?? 0) + 1);
  }
  const idle = [...past].flatMap(([key, each]) => (each.last_run && !health.has(key) ? [each] : []));
  return { before, past, health, counts, idle };
}

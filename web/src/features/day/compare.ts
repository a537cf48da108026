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

function sameHealth(a: Compared["health"], b: Compared["health"]): boolean {
  if (a.size !== b.size) return false;
  for (const [key, health] of a) if (b.get(key) !== health) return false;
  return true;
}

const sameIdle = (a: Compared["idle"], b: Compared["idle"]): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((each, index) => each === b[index]));

const NOTHING: Compared["past"] = new Map();
const known = new WeakMap<WorkflowList, Compared["past"]>();

/** Worked out once for each answer. */
function pastOf(before: WorkflowList | undefined): Compared["past"] {
  if (!before) return NOTHING;
  let past = known.get(before);
  if (!past) {
    past = new Map(before.workflows.map((each) => [workflowKey(each), each]));
    known.set(before, past);
  }
  return past;
}

const told = new WeakMap<Workflow, { past: Compared["past"]; health: Health }>();

/** Worked out once for each workflow as it stands. */
function healthIn(workflow: Workflow, past: Compared["past"]): Health {
  const before = told.get(workflow);
  if (before?.past === past) return before.health;
  const health = healthOf(workflow.runs, past.get(workflow.key)?.before);
  told.set(workflow, { past, health });
  return health;
}

export function compare(workflows: Workflow[], before: WorkflowList | undefined): Compared {
  const past = pastOf(before);
  const health = new Map<string, Health>();
  const counts = new Map<Health, number>();
  if (!before) return { before, past, health, counts, idle: null };
  for (const workflow of workflows) {
    const now = healthIn(workflow, past);
    health.set(workflow.key, now);
    counts.set(now, (counts.get(now) ?? 0) + 1);
  }
  const idle = [...past].flatMap(([key, each]) => (each.last_run && !health.has(key) ? [each] : []));
  return { before, past, health, counts, idle };
}

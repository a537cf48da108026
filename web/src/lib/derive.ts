import type { RunDetail, RunList } from "../api/types";
import { type Numbers, numbersOf, type Workflow, workflowsOf } from "./runs";

interface Derived {
  workflows: Workflow[];
  numbers: Numbers;
}

const NO_RUNS: RunDetail[] = [];
const known = new WeakMap<RunDetail[], Derived>();

/** What follows from a list of runs. Lists never change in place, so it is worked out once for each. */
export function derive(list: RunList | undefined): Derived {
  const runs = list?.runs ?? NO_RUNS;
  let derived = known.get(runs);
  if (!derived) {
    derived = { workflows: workflowsOf(runs), numbers: numbersOf(runs) };
    known.set(runs, derived);
  }
  return derived;
}

/** Whether two values show the same: an update makes a new object of every workflow, but keeps the runs it left alone. */
export function sameWorkflow(a: Workflow, b: Workflow): boolean {
  return a === b || (a.runs.length === b.runs.length && a.runs.every((run, index) => run === b.runs[index]));
}

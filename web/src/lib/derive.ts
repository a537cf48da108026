import type { RunDetail, RunList } from "../api/types";
import { type Numbers, numbersOf, type Workflow, workflowsOf } from "./runs";
import { sameItems } from "./same-items";

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

/** Whether two values show the same: of the whole list and of what a filter leaves, there may be two of one workflow. */
export const sameWorkflow = (a: Workflow, b: Workflow): boolean => a === b || sameItems(a.runs, b.runs);

import type { RunDetail, Usual } from "../api/types";
import { usualDuration } from "./runs";

/** How long a run may be expected to take, in milliseconds. */
export interface Expectation {
  usual: number;
  /** 95 % of the runs before took no longer; nothing where there are too few to say. */
  late: number | null;
}

/** From the history where it says something, or else from the day's runs of the workflow. */
export function expectationOf(runs: RunDetail[], past: Usual | null | undefined): Expectation | null {
  if (past) return { usual: past.median * 1000, late: past.p95 === null ? null : past.p95 * 1000 };
  const usual = usualDuration(runs);
  return usual === null ? null : { usual, late: null };
}

export type Pace = "in-time" | "longer" | "late";

/** How a run that is under way compares with that. */
export function paceOf({ usual, late }: Expectation, elapsed: number): Pace {
  if (late !== null && elapsed > late) return "late";
  return elapsed > usual ? "longer" : "in-time";
}

import type { RunDetail } from "../api/types";
import { dayBounds } from "./day";
import { isBroken, isPassed } from "./status";
import { instant, minuteOfDayIn } from "./time";

const HOUR = 3_600_000;

export interface Hour {
  /** "14:00", where the viewer is. Twice the same on the night the clock is set back. */
  name: string;
  passed: number;
  failed: number;
  /** Cancelled, skipped, under way, waiting. */
  other: number;
}

export const sumOf = ({ passed, failed, other }: Hour): number => passed + failed + other;

/** How many runs began in each hour of a day, which may have 23 or 25. */
export function byHour(runs: RunDetail[], date: string, tz: string): Hour[] {
  const { start, end } = dayBounds(date, tz);
  const hours: Hour[] = Array.from({ length: Math.ceil((end - start) / HOUR) }, (_, index) => ({
    name: minuteOfDayIn(start + index * HOUR, tz),
    passed: 0,
    failed: 0,
    other: 0,
  }));
  for (const run of runs) {
    const hour = hours[Math.floor((instant(run.run_started_at) - start) / HOUR)];
    if (hour) hour[isPassed(run) ? "passed" : isBroken(run) ? "failed" : "other"] += 1;
  }
  return hours;
}

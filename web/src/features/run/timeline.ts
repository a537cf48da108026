import type { Job, RunDetail } from "../../api/types";
import { elapsed } from "../../lib/runs";
import { isCompleted, lookOf } from "../../lib/status";
import { instant } from "../../lib/time";

export interface Axis {
  start: number;
  /** Milliseconds from the left edge to the right one. */
  span: number;
  ticks: number[];
}

/** Where a job's bar lies, in shares of the axis. */
interface Bar {
  queuedFrom: number;
  startedAt: number;
  until: number;
}

const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
const MOST_TICKS = 7;

export function axisOf(run: RunDetail, now: number, usual: number | null): Axis {
  const begun = instant(run.run_started_at);
  const start = Math.min(begun, ...run.jobs.map((job) => instant(job.created_at ?? job.started_at) || begun));
  const last = Math.max(begun + elapsed(run, now), ...run.jobs.map((job) => instant(job.completed_at)));
  const took = Math.max(last - start, 10_000);
  // A run under way needs room to grow into.
  const span = isCompleted(run) ? took : Math.max(took * 1.2, usual ?? 0);
  const step = (STEPS.find((seconds) => span / 1000 / seconds <= MOST_TICKS) ?? 86_400) * 1000;
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
  return { start, span, ticks };
}

export function barOf(job: Job, run: RunDetail, axis: Axis, now: number): Bar | null {
  const created = instant(job.created_at ?? job.started_at);
  if (created === 0 || isSkipped(job)) return null;
  const over = isCompleted(run) ? instant(run.updated_at) : now;
  const until = instant(job.completed_at) || over;
  // GitHub writes a start also for jobs that only wait, so the state decides and not the time.
  const hasStarted = job.status === "in_progress" || isCompleted(job);
  const started = hasStarted ? instant(job.started_at) || created : until;
  const share = (moment: number) => Math.min(1, Math.max(0, (moment - axis.start) / axis.span));
  const queuedFrom = share(created);
  const startedAt = Math.max(queuedFrom, share(started));
  return { queuedFrom, startedAt, until: Math.max(startedAt, share(until)) };
}

const isSkipped = (job: Job): boolean => lookOf(job).state === "skipped";

/** How long a job has been at it, or took; nothing before it started. */
export function jobElapsed(job: Job, now: number): number | null {
  if (isSkipped(job) || (job.status !== "in_progress" && !isCompleted(job))) return null;
  const started = instant(job.started_at);
  if (started === 0) return null;
  return Math.max(0, (instant(job.completed_at) || now) - started);
}

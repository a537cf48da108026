import type { Job, RunDetail } from "../../api/types";
import { lookOf } from "../../lib/status";
import { instant } from "../../lib/time";

export interface CriticalPath {
  /** From the first job to the one that the run ended with. */
  jobs: Job[];
  /** Milliseconds that they worked, and that they waited for a runner. */
  working: number;
  queued: number;
}

/** GitHub makes a job as soon as those that it needs are done; what came much earlier was not waited for. */
const AT_ONCE = 30_000;

/**
 * The jobs that the end of a run waited for. GitHub does not say which job needs which, so it is read from their times:
 * before each stands the one that ended last before it was made.
 */
export function criticalPath(run: RunDetail): CriticalPath | null {
  const jobs = run.jobs.filter((job) => instant(job.completed_at) > 0 && lookOf(job).state !== "skipped");
  let job = jobs.reduce<Job | null>((last, each) => (last === null || endOf(each) > endOf(last) ? each : last), null);
  if (run.status !== "completed" || job === null || jobs.length < 2) return null;
  const path: Job[] = [];
  while (job !== null) {
    path.unshift(job);
    job = waitedFor(job, jobs, path);
  }
  const started = (each: Job) => instant(each.started_at) || madeAt(each);
  return {
    jobs: path,
    working: path.reduce((sum, each) => sum + Math.max(0, endOf(each) - started(each)), 0),
    queued: path.reduce((sum, each) => sum + Math.max(0, started(each) - madeAt(each)), 0),
  };
}

function waitedFor(job: Job, jobs: Job[], path: Job[]): Job | null {
  const made = madeAt(job);
  const before = jobs.filter((each) => !path.includes(each) && endOf(each) <= made && made - endOf(each) <= AT_ONCE);
  return before.reduce<Job | null>((last, each) => (last === null || endOf(each) > endOf(last) ? each : last), null);
}

const endOf = (job: Job): number => instant(job.completed_at);
const madeAt = (job: Job): number => instant(job.created_at ?? job.started_at);

import type { Job, Run, RunAnswer, RunAttempt, RunDetail, RunList, Update } from "../api/types";
import { dayBounds } from "../lib/day";
import { isBroken, isCompleted, isPassed } from "../lib/status";
import { instant } from "../lib/time";
import { isJobUpdate, linkOf } from "./updates";

/**
 * How a live update changes an answer the server gave earlier. The rule that everything rests on:
 * an answer at seq n with the updates after n applied equals the answer the server would give now. Nothing is applied
 * over a gap: an answer that came late stays where it is, so that its subscription asks for what it lacks.
 */
export function applyToRunList(list: RunList, update: Update): RunList {
  if (linkOf(list.seq, update) !== "next") return list;
  const known = list.runs.find((run) => run.id === update.runData.id);
  const run = listedAfter(known, update);
  const failed_before = failedBefore(list.failed_before, known, run);
  if (!isActiveOn(run, list.date, list.tz)) {
    return {
      ...list,
      seq: update.seq,
      failed_before,
      runs: known ? list.runs.filter((other) => other !== known) : list.runs,
    };
  }
  return { ...list, seq: update.seq, failed_before, runs: placed(list.runs, known, run) };
}

/** A new attempt does not show any more that the one before had failed. */
function failedBefore(before: number[] | undefined, known: RunDetail | undefined, run: RunDetail): number[] {
  const ids = before ?? []; // a server that is older than this page does not say
  if (!known || known.run_attempt >= run.run_attempt || !known.jobs.some(isBroken)) return ids;
  return ids.includes(run.id) ? ids : [...ids, run.id].sort((a, b) => a - b);
}

/** Bursts bring many updates and most leave the order as it is, so the list is not sorted again each time. */
function placed(runs: RunDetail[], known: RunDetail | undefined, run: RunDetail): RunDetail[] {
  if (known?.run_started_at === run.run_started_at) return runs.map((other) => (other === known ? run : other));
  const rest = runs.filter((other) => other !== known);
  const place = rest.findIndex((other) => newestFirst(run, other) < 0);
  return place < 0 ? [...rest, run] : rest.toSpliced(place, 0, run);
}

export function applyToRun(answer: RunAnswer, update: Update): RunAnswer {
  if (linkOf(answer.seq, update) !== "next") return answer;
  if (update.runData.id !== answer.run.id) return { ...answer, seq: update.seq };
  const run = runAfter(answer.run, update);
  const attempts = attemptsAfter(answer, run);
  const failed = attempts.some(({ attempt, conclusion }) => attempt < run.run_attempt && conclusion === "failure");
  const flaky = isPassed(run) ? (failed ? "attempt" : answer.flaky) : null;
  return { ...answer, seq: update.seq, run, attempts, flaky };
}

/** The attempts when the run has become another. How an earlier one ended is read from its jobs, as the server does. */
function attemptsAfter({ attempts = [], run: known }: RunAnswer, run: RunDetail): RunAttempt[] {
  const before = attempts
    .filter(({ attempt }) => attempt < run.run_attempt)
    .map((each) => (each.attempt === known.run_attempt ? { ...each, conclusion: conclusionOf(known.jobs) } : each));
  for (let attempt = before.length + 1; attempt < run.run_attempt; attempt += 1) {
    before.push({ attempt, conclusion: null, jobs: 0 });
  }
  return [...before, { attempt: run.run_attempt, conclusion: run.conclusion, jobs: run.jobs.length }];
}

/** The run as it is after an update, given what was known of it. */
export function runAfter(known: RunDetail | undefined, update: Update): RunDetail {
  const run = update.runData;
  // A new attempt runs its jobs again; those of the attempt before say nothing about it.
  const jobs = known && known.run_attempt === run.run_attempt ? known.jobs : [];
  if (!isJobUpdate(update) || update.jobData.run_attempt !== run.run_attempt) return { ...run, jobs };
  const job = update.jobData;
  return { ...run, jobs: [...jobs.filter((other) => other.id !== job.id), job].sort(oldestFirst) };
}

/** The same, as it stands in a list. */
export const listedAfter = (known: RunDetail | undefined, update: Update): RunDetail =>
  withoutQuietSteps(runAfter(known, update));

/** The list leaves out the steps of jobs nobody needs to look into; the run's own answer has them all. */
function withoutQuietSteps(run: RunDetail): RunDetail {
  const jobs = run.jobs.map((job) => (isQuiet(job) && job.steps.length > 0 ? { ...job, steps: [] } : job));
  return { ...run, jobs };
}

function isQuiet(job: Job): boolean {
  return isCompleted(job) && (job.conclusion === "success" || job.conclusion === "skipped");
}

/** A run belongs to every day on which it was under way. */
export function isActiveOn(run: Run, date: string, tz: string): boolean {
  const { start, end } = dayBounds(date, tz);
  return instant(run.run_started_at) < end && (!isCompleted(run) || instant(run.updated_at) >= start);
}

export function newestFirst(a: Run, b: Run): number {
  return instant(b.run_started_at) - instant(a.run_started_at) || b.id - a.id;
}

const WELL = ["success", "skipped", "neutral"];

function conclusionOf(jobs: Job[]): RunAttempt["conclusion"] {
  if (jobs.some(isBroken)) return "failure";
  if (jobs.some(({ conclusion }) => conclusion === "cancelled")) return "cancelled";
  return jobs.length > 0 && jobs.every(({ conclusion }) => WELL.includes(conclusion ?? "")) ? "success" : null;
}

function oldestFirst(a: Job, b: Job): number {
  return instant(a.created_at ?? a.started_at) - instant(b.created_at ?? b.started_at) || a.id - b.id;
}

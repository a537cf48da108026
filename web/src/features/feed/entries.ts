import type { Job, RunDetail, RunList } from "../../api/types";
import { elapsed, failurePlace, lastChange, shortSha, workflowKey } from "../../lib/runs";
import { isBroken, isCompleted, isPassed, lookOf } from "../../lib/status";
import { duration, instant } from "../../lib/time";

export interface Entry {
  key: string;
  at: number;
  state: RunDetail | Job;
  title: string;
  detail: string;
  slug: string;
  runId: number;
}

/** Something that happened, put into words only if it is recent enough to be shown. */
interface Happening {
  at: number;
  key: string;
  tell: () => Omit<Entry, "at" | "key" | "slug" | "runId">;
  slug: string;
  runId: number;
}

/**
 * What happened, newest first, read from the same lists the rest of the page shows: a feed of its own would have to
 * be repaired after every reconnect.
 */
export function entriesOf(lists: RunList[], most: number): Entry[] {
  return lists
    .flatMap(({ runs, repo }) => runs.flatMap((run) => happeningsOf(run, runs, repo.slug)))
    .sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1))
    .slice(0, most)
    .map(({ tell, ...happening }) => ({ ...happening, ...tell() }));
}

function happeningsOf(run: RunDetail, runs: RunDetail[], slug: string): Happening[] {
  const key = `${slug} ${run.id}`;
  const base = { slug, runId: run.id };
  const changed: Happening = {
    ...base,
    key,
    at: lastChange(run),
    tell: () => ({ state: run, title: titleOf(run, runs), detail: detailOf(run) }),
  };
  if (isCompleted(run)) return [changed];
  // A job that broke is news before its run is over.
  const broken = run.jobs.filter(isBroken).map((job) => ({
    ...base,
    key: `${key} ${job.id}`,
    at: instant(job.completed_at),
    tell: () => ({ state: job, title: `${run.name} is failing`, detail: job.name }),
  }));
  return [changed, ...broken];
}

function titleOf(run: RunDetail, runs: RunDetail[]): string {
  const verb = `${run.name} ${lookOf(run).verb}`;
  if (isPassed(run) && brokeBefore(run, runs)) return `${verb} again`;
  return run.run_attempt > 1 ? `${verb} on attempt ${run.run_attempt}` : verb;
}

function brokeBefore(run: RunDetail, runs: RunDetail[]): boolean {
  const index = runs.indexOf(run);
  const previous = runs.find(
    (other, place) =>
      place > index &&
      workflowKey(other) === workflowKey(run) &&
      other.head_branch === run.head_branch &&
      (isBroken(other) || isPassed(other)),
  );
  return previous !== undefined && isBroken(previous);
}

function detailOf(run: RunDetail): string {
  if (isBroken(run)) {
    const place = failurePlace(run);
    return place?.step?.name ?? place?.job.name ?? run.display_title;
  }
  if (isPassed(run)) return duration(elapsed(run, 0));
  return [run.head_branch, shortSha(run)].filter(Boolean).join(" · ");
}

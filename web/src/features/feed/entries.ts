import type { Job, RunDetail, RunList } from "../../api/types";
import { elapsed, failurePlace, lastChange, type Place, shortSha, workflowKey } from "../../lib/runs";
import { isBroken, isCompleted, isPassed, lookOf } from "../../lib/status";
import { duration, instant } from "../../lib/time";
import { grouped, type Happened } from "./incidents";

export interface Entry {
  key: string;
  at: number;
  state: RunDetail | Job;
  title: string;
  detail: string;
  slug: string;
  runId: number;
}

/** Failures of several repositories that are one. */
export interface Incident {
  key: string;
  /** Of the last one. */
  at: number;
  title: string;
  /** Newest first. */
  entries: Entry[];
}

export const isIncident = (item: Entry | Incident): item is Incident => "entries" in item;

/** Something that happened, put into words only if it is recent enough to be shown. */
interface Happening extends Happened {
  key: string;
  tell: () => Omit<Entry, "at" | "key" | "slug" | "runId">;
  runId: number;
}

/**
 * What happened, newest first, read from the same lists the rest of the page shows: a feed of its own would have to
 * be repaired after every reconnect.
 */
export function entriesOf(lists: RunList[], most: number): Entry[] {
  return happenings(lists).slice(0, most).map(told);
}

/** The same, where an incident over several repositories is one of so many. */
export function itemsOf(lists: RunList[], most: number, outageSince: number | null): (Entry | Incident)[] {
  return grouped(happenings(lists), outageSince)
    .slice(0, most)
    .map((members) => (members.length > 1 ? incidentOf(members, outageSince) : told(members[0] as Happening)));
}

function incidentOf(members: Happening[], outageSince: number | null): Incident {
  const [newest, first] = [members[0] as Happening, members.at(-1) as Happening];
  const count = new Set(members.map(({ slug, runId }) => `${slug} ${runId}`)).size;
  const because = outageSince !== null && first.at >= outageSince ? "during GitHub's outage" : `at ${newest.broke}`;
  // As the first of them, which stays the first.
  return {
    key: `incident ${first.key}`,
    at: newest.at,
    title: `${count} workflows failed ${because}`,
    entries: members.map(told),
  };
}

const told = ({ tell, key, at, slug, runId }: Happening): Entry => ({ key, at, slug, runId, ...tell() });

const happenings = (lists: RunList[]): Happening[] =>
  lists
    .flatMap(({ runs, repo }) => runs.flatMap((run) => happeningsOf(run, runs, repo.slug)))
    .sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));

function happeningsOf(run: RunDetail, runs: RunDetail[], slug: string): Happening[] {
  const key = `${slug} ${run.id}`;
  const base = { slug, runId: run.id };
  const changed: Happening = {
    ...base,
    key,
    at: lastChange(run),
    failed: isBroken(run),
    broke: isBroken(run) ? brokeAt(failurePlace(run)) : null,
    tell: () => ({ state: run, title: titleOf(run, runs), detail: detailOf(run) }),
  };
  if (isCompleted(run)) return [changed];
  // A job that broke is news before its run is over.
  const broken = run.jobs.filter(isBroken).map((job) => ({
    ...base,
    key: `${key} ${job.id}`,
    at: instant(job.completed_at),
    failed: true,
    broke: brokeAt({ job, step: job.steps.find(isBroken) }),
    tell: () => ({ state: job, title: `${run.name} is failing`, detail: job.name }),
  }));
  return [changed, ...broken];
}

const brokeAt = (place: Place | undefined): string | null => place?.step?.name ?? place?.job.name ?? null;

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

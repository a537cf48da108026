import type { Job, RunDetail, RunList } from "../../api/types";
import { derive } from "../../lib/derive";
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
  /** Given the list that it is in. */
  tell: (list: RunList | undefined) => Omit<Entry, "at" | "key" | "slug" | "runId">;
  runId: number;
}

/**
 * What happened, newest first, read from the same lists the rest of the page shows: a feed of its own would have to
 * be repaired after every reconnect.
 */
export function entriesOf(lists: RunList[], most: number): Entry[] {
  return happenings(lists).slice(0, most).map(teller(lists));
}

/** The same, where an incident over several repositories is one of so many. */
export function itemsOf(lists: RunList[], most: number, outageSince: number | null): (Entry | Incident)[] {
  if (lists.length === 1) return entriesOf(lists, most);
  const told = teller(lists);
  return grouped(happenings(lists), outageSince)
    .slice(0, most)
    .map((members) => (members.length > 1 ? incidentOf(members, told, outageSince) : told(members[0] as Happening)));
}

function incidentOf(members: Happening[], told: Teller, outageSince: number | null): Incident {
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

type Teller = (happening: Happening) => Entry;

function teller(lists: RunList[]): Teller {
  const bySlug = new Map(lists.map((list) => [list.repo.slug, list]));
  return ({ tell, key, at, slug, runId }) => ({ key, at, slug, runId, ...tell(bySlug.get(slug)) });
}

const happenings = (lists: RunList[]): Happening[] =>
  lists
    .flatMap(({ runs, repo }) => runs.flatMap((run) => happeningsOf(run, repo.slug)))
    .sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));

const known = new WeakMap<RunDetail, Happening[]>();

/** Worked out once for each run, which never changes in place. */
function happeningsOf(run: RunDetail, slug: string): Happening[] {
  let happened = known.get(run);
  if (!happened) {
    happened = readHappenings(run, slug);
    known.set(run, happened);
  }
  return happened;
}

function readHappenings(run: RunDetail, slug: string): Happening[] {
  const key = `${slug} ${run.id}`;
  const base = { slug, runId: run.id };
  const changed: Happening = {
    ...base,
    key,
    at: lastChange(run),
    failed: isBroken(run),
    broke: isBroken(run) ? brokeAt(failurePlace(run)) : null,
    tell: (list) => ({ state: run, title: titleOf(run, list), detail: detailOf(run) }),
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

function titleOf(run: RunDetail, list: RunList | undefined): string {
  const verb = `${run.name} ${lookOf(run).verb}`;
  if (isPassed(run) && brokeBefore(run, list)) return `${verb} again`;
  return run.run_attempt > 1 ? `${verb} on attempt ${run.run_attempt}` : verb;
}

function brokeBefore(run: RunDetail, list: RunList | undefined): boolean {
  const key = workflowKey(run);
  const { runs = [] } = derive(list).workflows.find((workflow) => workflow.key === key) ?? {};
  const before = runs.slice(runs.indexOf(run) + 1);
  const previous = before.find(
    (other) => other.head_branch === run.head_branch && (isBroken(other) || isPassed(other)),
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

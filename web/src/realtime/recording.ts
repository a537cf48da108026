import type { Rewind, RunDetail, RunList, Update } from "../api/types";
import { instant } from "../lib/time";
import { applyToRunList, isActiveOn, listedAfter, newestFirst } from "./apply-update";
import { linkOf } from "./updates";

/** A page that stays rewound for hours forgets the oldest updates, as the server does. */
const MOST = 6_000;
const AT_ONCE = 1_000;
/** Every so many updates the list is kept, so that no moment is further away than that. */
const STRIDE = 64;

/** What came since is recorded as well. Nothing is recorded over a gap, as everywhere. */
export function recordedFurther(recording: Rewind, updates: Update[]): Rewind {
  const fresh: Update[] = [];
  let { seq } = recording;
  for (const update of updates) {
    if (linkOf(seq, update) !== "next") continue;
    fresh.push(update);
    seq = update.seq;
  }
  if (fresh.length === 0) return recording;
  const longer = { ...recording, seq, updates: [...recording.updates, ...fresh] };
  return longer.updates.length > MOST ? begunLater(longer, AT_ONCE) : longer;
}

/** Without its first updates, which its runs contain instead. */
export function begunLater(recording: Rewind, updates: number): Rewind {
  const passed = recording.updates.slice(0, updates);
  const last = passed.at(-1);
  if (!last) return recording;
  const runs = new Map(recording.runs.map((run) => [run.id, run]));
  for (const update of passed) runs.set(update.runData.id, listedAfter(runs.get(update.runData.id), update));
  const begun = Math.max(instant(recording.begins_at), momentsOf(recording)[passed.length - 1] as number);
  return {
    ...recording,
    begins_at: new Date(begun).toISOString(),
    begins_seq: last.seq,
    runs: [...runs.values()].sort(newestFirst),
    updates: recording.updates.slice(updates),
  };
}

const knownMoments = new WeakMap<Update[], number[]>();

/** When each update came. What was received earlier than the one before it is no earlier in the telling. */
export function momentsOf({ updates }: Rewind): number[] {
  let moments = knownMoments.get(updates);
  if (!moments) {
    let latest = Number.NEGATIVE_INFINITY;
    moments = updates.map(({ timestamp }) => {
      latest = Math.max(latest, instant(timestamp));
      return latest;
    });
    knownMoments.set(updates, moments);
  }
  return moments;
}

/** How many of these moments had come at one. */
export function countAt(moments: number[], at: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The moment before or after one at which something changed. */
export function neighbour(moments: number[], at: number, step: 1 | -1): number | undefined {
  return step > 0 ? moments[countAt(moments, at)] : moments[countAt(moments, at - 1) - 1];
}

interface Kept {
  /** The list after 0, STRIDE, 2 · STRIDE … updates. */
  every: RunList[];
  /** The one that was asked for last. */
  last: { count: number; list: RunList };
}

const kept = new WeakMap<RunDetail[], Map<string, Kept>>();

/** The list of a day as it was after so many updates: the one that the page would have shown then. */
export function listAfter(recording: Rewind, count: number, date: string): RunList {
  const known = keptOf(recording, date);
  const stop = stopBefore(recording, known, Math.floor(count / STRIDE));
  const near = known.last.count <= count && known.last.count > stop.count ? known.last : stop;
  known.last = { count, list: further(near.list, recording, near.count, count) };
  return known.last.list;
}

function stopBefore(recording: Rewind, { every }: Kept, stride: number): Kept["last"] {
  while (every.length <= stride) {
    const from = (every.length - 1) * STRIDE;
    every.push(further(every.at(-1) as RunList, recording, from, from + STRIDE));
  }
  return { count: stride * STRIDE, list: every[stride] as RunList };
}

function keptOf(recording: Rewind, date: string): Kept {
  const byDay = kept.get(recording.runs) ?? new Map<string, Kept>();
  kept.set(recording.runs, byDay);
  const known = byDay.get(date) ?? begun(recording, date);
  byDay.set(date, known);
  return known;
}

function begun(recording: Rewind, date: string): Kept {
  const { repo, tz, epoch, begins_seq: seq } = recording;
  const runs = recording.runs.filter((run) => isActiveOn(run, date, tz));
  const list: RunList = { repo, date, tz, epoch, seq, runs, failed_before: [], last_event_at: null, history: null };
  return { every: [list], last: { count: 0, list } };
}

function further(list: RunList, { updates }: Rewind, from: number, to: number): RunList {
  if (from === to) return list;
  const after = updates.slice(from, to).reduce(applyToRunList, list);
  return { ...after, last_event_at: updates[to - 1]?.timestamp ?? null };
}

/** The moments at which a run failed. */
export function failuresOf(recording: Rewind): number[] {
  const moments = momentsOf(recording);
  const seen = new Set<string>();
  return recording.updates.flatMap(({ type, runData: { id, run_attempt } }, index) => {
    const key = `${id}.${run_attempt}`;
    if (type !== "workflow_failed" || seen.has(key)) return [];
    seen.add(key);
    return [moments[index] as number];
  });
}

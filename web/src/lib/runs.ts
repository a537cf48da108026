import type { Job, Run, RunDetail, Step } from "../api/types";
import { sameItems } from "./same-items";
import { isBroken, isCompleted, isPassed, lookOf, type Section } from "./status";
import { instant } from "./time";

export interface Workflow {
  key: string;
  name: string;
  section: Section;
  latest: RunDetail;
  /** What it is sorted by. */
  place: string;
  /** Newest first. */
  runs: RunDetail[];
}

export interface Numbers {
  workflows: number;
  total: number;
  passed: number;
  failed: number;
  inProgress: number;
}

type OfWorkflow = Pick<Run, "workflow_id" | "name">;

/** Runs of one workflow belong together, also when it was renamed; only without an id does its name decide. */
const idOf = ({ workflow_id, name }: OfWorkflow): number | string => workflow_id || name;

export const workflowKey = ({ workflow_id, name }: OfWorkflow): string => (workflow_id ? `#${workflow_id}` : name);

/** The workflows of a list of runs (newest first), by name, so that cards keep their place. */
export function workflowsOf(runs: RunDetail[]): Workflow[] {
  const groups = new Map<number | string, RunDetail[]>();
  for (const run of runs) {
    const id = idOf(run);
    const group = groups.get(id);
    if (group) group.push(run);
    else groups.set(id, [run]);
  }
  return [...groups.values()].map(toWorkflow).sort(byPlace);
}

const known = new WeakMap<RunDetail, Workflow>();

/** The same as before where the runs are the same: an update changes one, and what shows the others stays as it is. */
function toWorkflow(runs: RunDetail[]): Workflow {
  const latest = runs[0] as RunDetail;
  const before = known.get(latest);
  if (before && sameItems(before.runs, runs)) return before;
  const { name } = latest;
  const key = workflowKey(latest);
  const workflow = { key, name, section: lookOf(latest).section, latest, place: placeOf(name, key), runs };
  known.set(latest, workflow);
  return workflow;
}

const byPlace = (a: Workflow, b: Workflow): number => (a.place < b.place ? -1 : 1);

/** By name as people sort: case and accents count for nothing, and 9 comes before 10. Of one name, by what they are. */
function placeOf(name: string, key: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return `${plain.replace(/\d+/g, (digits) => digits.padStart(12, "0"))} ${key}`;
}

export function inSection(workflows: Workflow[], section: Section): Workflow[] {
  return workflows.filter((workflow) => workflow.section === section);
}

export function numbersOf(runs: RunDetail[]): Numbers {
  return {
    workflows: new Set(runs.map(idOf)).size,
    total: runs.length,
    passed: runs.filter(isPassed).length,
    failed: runs.filter(isBroken).length,
    inProgress: runs.filter((run) => !isCompleted(run)).length,
  };
}

export function addNumbers(all: Numbers[]): Numbers {
  const sum = { workflows: 0, total: 0, passed: 0, failed: 0, inProgress: 0 };
  for (const one of all) for (const key of Object.keys(sum) as (keyof Numbers)[]) sum[key] += one[key];
  return sum;
}

/** passed / (passed + failed). What was cancelled, skipped or waits says nothing about it. */
export function successRate({ passed, failed }: Pick<Numbers, "passed" | "failed">): number | null {
  return passed + failed > 0 ? passed / (passed + failed) : null;
}

export function percent(rate: number | null | undefined): string {
  if (rate === null || rate === undefined) return "–";
  // 99.96 % is not "all passed".
  const tenths = rate < 1 ? Math.min(999, Math.round(rate * 1000)) : 1000;
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}

/** How long a run took, or has been at it until now. */
export function elapsed(run: Run, now: number): number {
  return Math.max(0, (isCompleted(run) ? instant(run.updated_at) : now) - instant(run.run_started_at));
}

/** The moment a run became what it is. */
export function lastChange(run: RunDetail): number {
  const { state } = lookOf(run);
  if (state === "in_progress") return instant(run.run_started_at);
  const held = state === "waiting" ? run.jobs.filter((job) => job.status === "waiting") : [];
  return Math.max(instant(run.updated_at), ...held.map((job) => instant(job.created_at)));
}

/** The usual duration, from the day's runs that passed; nothing where there are too few to say. */
export function usualDuration(runs: RunDetail[]): number | null {
  const took = runs
    .filter(isPassed)
    .map((run) => elapsed(run, 0))
    .sort((a, b) => a - b);
  return took.length < 2 ? null : (took[Math.floor(took.length / 2)] ?? null);
}

/** The runs in a row, newest first, that failed; only passing ends the row. */
export function failingStreak(runs: RunDetail[]): RunDetail[] {
  const verdicts = runs.filter((run) => isBroken(run) || isPassed(run));
  const end = verdicts.findIndex(isPassed);
  return end < 0 ? verdicts : verdicts.slice(0, end);
}

/** Since when a workflow needs somebody. */
export function troubleSince(workflow: Workflow): number {
  const first = isBroken(workflow.latest) ? failingStreak(workflow.runs).at(-1) : undefined;
  return lastChange(first ?? workflow.latest);
}

export interface Place {
  job: Job;
  step: Step | undefined;
}

/** Where a run broke. */
export function failurePlace(run: RunDetail): Place | undefined {
  return firstPlace(run, isBroken);
}

/** What a run is doing: the job that runs, and its step. */
export function currentPlace(run: RunDetail): Place | undefined {
  return firstPlace(run, (thing) => thing.status === "in_progress");
}

function firstPlace(run: RunDetail, matches: (thing: Job | Step) => boolean): Place | undefined {
  const job = run.jobs.find(matches);
  return job && { job, step: job.steps.find(matches) };
}

export const shortSha = (run: Run): string | null => run.head_sha?.slice(0, 7) ?? null;

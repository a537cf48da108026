import type { RunDetail, RunList } from "../api/types";
import { workflowKey } from "./runs";
import { lookOf, STATES, type State } from "./status";

/** What the reader wants to see, as it stands in the address. */
export interface Filter {
  /** Words that all have to be in the workflow's name, the branch, the title, the actor or the repository. */
  q?: string | undefined;
  branch?: string | undefined;
  /** The default branch only. */
  default?: 1 | undefined;
  actor?: string | undefined;
  event?: string | undefined;
  workflow?: string | undefined;
  /** How a workflow stands now. */
  state?: State | undefined;
}

export type Facet = "branch" | "actor" | "event" | "workflow" | "state";

export const FACETS: Facet[] = ["state", "workflow", "branch", "actor", "event"];
const KEYS: (keyof Filter)[] = ["q", "default", ...FACETS];
const LONGEST = 250;

/** Every key is there, also without a value: what is left out would keep the value that it has in the address. */
export function readFilter(asked: Record<string, string>): Filter {
  const { q, branch, actor, event, workflow, state, default: only } = asked;
  return {
    q: text(q),
    branch: text(branch),
    default: only === "1" || only === "true" ? 1 : undefined,
    actor: text(actor),
    event: text(event),
    workflow: text(workflow),
    state: STATES.find((known) => known === state),
  };
}

const text = (value: string | undefined): string | undefined => value?.slice(0, LONGEST) || undefined;

export const NO_FILTER: Filter = readFilter({});
export const activeKeys = (filter: Filter): (keyof Filter)[] => KEYS.filter((key) => filter[key] !== undefined);
export const isFiltering = (filter: Filter): boolean => activeKeys(filter).length > 0;

const known = new WeakMap<RunDetail[], { question: string; runs: RunDetail[] }>();

/**
 * The list with the runs that `filter` lets through. Lists never change in place, so the same runs through the same
 * filter are the same value, and what is derived from them need not be derived again.
 */
export function filtered(list: RunList, filter: Filter): RunList {
  if (!isFiltering(filter)) return list;
  const question = JSON.stringify([list.repo, ...KEYS.map((key) => filter[key] ?? null)]);
  let answer = known.get(list.runs);
  if (answer?.question !== question) {
    answer = { question, runs: filterRuns(list, filter) };
    known.set(list.runs, answer);
  }
  return { ...list, runs: answer.runs };
}

/** Runs are chosen one by one, but by state as a whole: a workflow stands as its newest run does. */
export function filterRuns({ runs, repo }: Pick<RunList, "runs" | "repo">, filter: Filter): RunDetail[] {
  const words = (filter.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = runs.filter(
    (run) =>
      (!filter.branch || run.head_branch === filter.branch) &&
      (!filter.default || isOnDefault(run, repo.default_branch)) &&
      (!filter.actor || run.actor?.login === filter.actor) &&
      (!filter.event || run.event === filter.event) &&
      (!filter.workflow || run.name === filter.workflow) &&
      (words.length === 0 || hasWords(run, repo.full_name, words)),
  );
  if (!filter.state) return chosen;
  const standing = new Map<string, boolean>();
  for (const run of chosen) {
    const key = workflowKey(run);
    if (!standing.has(key)) standing.set(key, lookOf(run).state === filter.state);
  }
  return chosen.filter((run) => standing.get(workflowKey(run)));
}

/** A pull request's branch may be a fork's, which is called main as well. Until it is known, all are taken. */
function isOnDefault(run: RunDetail, branch: string | null): boolean {
  if (branch === null) return true;
  return run.head_branch === branch && !run.event?.startsWith("pull_request");
}

function hasWords(run: RunDetail, repository: string, words: string[]): boolean {
  const number = run.run_number ? `#${run.run_number}` : "";
  const facts = [run.name, run.head_branch, run.display_title, run.actor?.login, number, repository];
  const all = facts.filter(Boolean).join("\n").toLowerCase();
  return words.every((word) => all.includes(word));
}

export interface Choice {
  value: string;
  /** Runs; of a state, workflows. */
  count: number;
}

/** What can be chosen of a facet, and how much each would show, given all the rest of the filter. */
export function choicesOf(lists: RunList[], filter: Filter, facet: Facet): Choice[] {
  const counts = new Map<string, number>();
  const rest = { ...filter, [facet]: undefined };
  for (const list of lists) {
    for (const value of valuesOf(filterRuns(list, rest), facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function valuesOf(runs: RunDetail[], facet: Facet): string[] {
  if (facet === "state") {
    const newest = new Map<string, RunDetail>();
    for (const run of runs) if (!newest.has(workflowKey(run))) newest.set(workflowKey(run), run);
    return [...newest.values()].map((run) => lookOf(run).state);
  }
  const read = {
    branch: (run: RunDetail) => run.head_branch,
    actor: (run: RunDetail) => run.actor?.login,
    event: (run: RunDetail) => run.event,
    workflow: (run: RunDetail) => run.name,
  }[facet];
  return runs.flatMap((run) => read(run) || []);
}

/** A part of a filter in words. */
export function wordsFor(key: keyof Filter, filter: Filter): string {
  if (key === "q") return `“${filter.q}”`;
  if (key === "default") return "default branch";
  if (key === "state") return stateWord(filter.state as State);
  return `${key} ${key === "event" ? filter.event?.replaceAll("_", " ") : filter[key]}`;
}

export const stateWord = (state: State): string =>
  lookOf(STATUSES.has(state) ? { status: state as never } : { status: "completed", conclusion: state as never }).word;

const STATUSES = new Set<State>(["requested", "queued", "pending", "waiting", "in_progress"]);

import type { RunList } from "../../api/types";
import { type Filter, filtered } from "../../lib/filter";
import { type Workflow, workflowsOf } from "../../lib/runs";
import { isBroken } from "../../lib/status";
import { instant } from "../../lib/time";

export interface WallWorkflow {
  key: string;
  slug: string;
  repository: string;
  workflow: Workflow;
}

const PLACES = { needs: 0, running: 2, fine: 3, other: 4 };

/**
 * The workflows of today and of the day before (or a wall would be empty after midnight), those that need somebody
 * first. `days` has the lists of any number of repositories.
 */
export function wallOf(days: RunList[], filter: Filter): WallWorkflow[] {
  const lists = new Map<string, RunList[]>();
  for (const list of days) lists.set(list.repo.slug, [...(lists.get(list.repo.slug) ?? []), list]);
  const all = [...lists.values()].flatMap((some) => workflowsIn(some, filter));
  return all.sort((a, b) => placeOf(a.workflow) - placeOf(b.workflow));
}

function workflowsIn(days: RunList[], filter: Filter): WallWorkflow[] {
  const [first] = days;
  if (!first) return [];
  const runs = new Map(days.flatMap((list) => list.runs).map((run) => [run.id, run]));
  const newest = [...runs.values()].sort(
    (a, b) => instant(b.run_started_at) - instant(a.run_started_at) || b.id - a.id,
  );
  const { repo } = first;
  return workflowsOf(filtered({ ...first, runs: newest }, filter).runs).map((workflow) => ({
    key: `${repo.slug} ${workflow.key}`,
    slug: repo.slug,
    repository: repo.full_name.split("/").at(-1) ?? repo.slug,
    workflow,
  }));
}

function placeOf({ section, latest }: Workflow): number {
  return PLACES[section] + (section === "needs" && !isBroken(latest) ? 1 : 0);
}

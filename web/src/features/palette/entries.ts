import type { Repository, RunDetail, RunList } from "../../api/types";
import { derive } from "../../lib/derive";
import { lookOf } from "../../lib/status";

/** Where an entry leads. */
export type Target =
  | { kind: "repository"; slug: string }
  | { kind: "workflow"; slug: string; workflow: string }
  | { kind: "run"; slug: string; runId: number }
  | { kind: "command"; id: string };

export interface PaletteEntry {
  key: string;
  label: string;
  hint: string;
  target: Target;
  /** Its state, for what has one. */
  of?: RunDetail;
  keys?: string[];
}

export interface Command {
  id: string;
  label: string;
  hint?: string;
  keys?: string[];
}

export interface PaletteGroup {
  value: string;
  items: PaletteEntry[];
}

const MOST = 7;

/** What there is to go to and to do, narrowed down to what has all the words. Runs only once something was written. */
export function groupsOf(repos: Repository[], lists: RunList[], commands: Command[], text: string): PaletteGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = (entries: PaletteEntry[]) =>
    entries
      .filter(({ label, hint }) => words.every((word) => `${label} ${hint}`.toLowerCase().includes(word)))
      .sort((a, b) => rank(b, words) - rank(a, words))
      .slice(0, words.length > 0 ? MOST : undefined);
  const groups = [
    { value: "Repositories", items: chosen(repos.map(ofRepository)) },
    { value: "Workflows", items: words.length > 0 ? chosen(lists.flatMap(ofWorkflows)) : [] },
    { value: "Runs", items: words.length > 0 ? chosen(lists.flatMap(ofRuns)) : [] },
    { value: "Commands", items: chosen(commands.map(ofCommand)) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

/** What begins with the first word is meant more often than what has it somewhere. */
const rank = ({ label }: PaletteEntry, [first = ""]: string[]): number =>
  Number(first !== "" && label.toLowerCase().startsWith(first));

const ofRepository = ({ slug, full_name }: Repository): PaletteEntry => ({
  key: `repository ${slug}`,
  label: full_name,
  hint: "repository",
  target: { kind: "repository", slug },
});

function ofWorkflows(list: RunList): PaletteEntry[] {
  return derive(list).workflows.map(({ key, name, latest }) => ({
    key: `workflow ${list.repo.slug} ${key}`,
    label: name,
    hint: list.repo.full_name,
    of: latest,
    target: { kind: "workflow", slug: list.repo.slug, workflow: name },
  }));
}

function ofRuns({ repo, runs }: RunList): PaletteEntry[] {
  return runs.map((run) => ({
    key: `run ${repo.slug} ${run.id}`,
    label: [`${run.name}${run.run_number ? ` #${run.run_number}` : ""}`, run.display_title].filter(Boolean).join(" · "),
    hint: [lookOf(run).word, run.head_branch, repo.full_name].filter(Boolean).join(" · "),
    of: run,
    target: { kind: "run", slug: repo.slug, runId: run.id },
  }));
}

const ofCommand = ({ id, label, hint = "", keys }: Command): PaletteEntry => ({
  key: `command ${id}`,
  label,
  hint,
  target: { kind: "command", id },
  ...(keys && { keys }),
});

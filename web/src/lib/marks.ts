import type { Workflow } from "./runs";

export type Category = "build" | "testing" | "trigger" | "utility";
export const CATEGORIES: Category[] = ["build", "testing", "trigger", "utility"];
export const CATEGORY_NAME: Record<Category, string> = {
  build: "Build",
  testing: "Testing",
  trigger: "Trigger",
  utility: "Utility",
};

/** What a viewer has done about the workflows of a repository, by their keys. Nothing of it is anybody else's. */
export interface Marks {
  pinned: string[];
  hidden: string[];
  /** Where it is another one than would be guessed. */
  categories: Record<string, Category>;
  /** Workflows as they were when somebody had looked at them: see `seenAs`. */
  reviewed: string[];
  /** Sections that are closed. */
  collapsed: string[];
  /** Whether what needs nobody stands by category. */
  grouped: boolean;
}

export const NO_MARKS: Marks = {
  pinned: [],
  hidden: [],
  categories: {},
  reviewed: [],
  collapsed: [],
  grouped: false,
};

const MOST_REVIEWED = 300;
const MOST = 500;
const TRIGGER = /\b(trigger|dispatch|cron|nightly|daily|weekly|hourly|schedul\w*|sync|mirror|bump)\b/i;
const TESTING =
  /\b(tests?|testing|unit|integration|e2e|end-to-end|spec|lint\w*|checks?|coverage|codeql|smoke|bench\w*|qa|verify|audit|scan\w*|type-?check)\b/i;
const BUILD = /\b(ci|build\w*|compile|package|docker|image|wheels?|release|publish|deploy\w*|bundle|ship)\b/i;

/** The category that a workflow's name suggests. What says when it runs says least of what it does, so it comes last. */
export function guessCategory(name: string): Category {
  const words = name.replaceAll("_", " ");
  if (TESTING.test(words)) return "testing";
  if (BUILD.test(words)) return "build";
  return TRIGGER.test(words) ? "trigger" : "utility";
}

export const categoryOf = (marks: Marks, { key, name }: Pick<Workflow, "key" | "name">): Category =>
  marks.categories[key] ?? guessCategory(name);

/** A workflow as it stands on a day: the next run, or the next attempt of this one, is something else. */
export const seenAs = ({ key, latest }: Workflow, date: string): string =>
  `${date} ${key} ${latest.id}.${latest.run_attempt}`;

export const isReviewed = (marks: Marks, workflow: Workflow, date: string): boolean =>
  marks.reviewed.length > 0 && marks.reviewed.includes(seenAs(workflow, date));

export const withReviewed = (marks: Marks, seen: string, reviewed: boolean): Marks => ({
  ...marks,
  reviewed: toggled(marks.reviewed, seen, reviewed).slice(-MOST_REVIEWED),
});

/** The list with, or without, one of them. */
export function toggled(list: string[], one: string, there: boolean): string[] {
  const rest = list.filter((each) => each !== one);
  return there ? [...rest, one] : rest;
}

/** What is guessed anyway need not be remembered. */
export function withCategory(marks: Marks, { key, name }: Workflow, category: Category): Marks {
  const { [key]: _, ...rest } = marks.categories;
  return { ...marks, categories: category === guessCategory(name) ? rest : { ...rest, [key]: category } };
}

/** Everything of both; where they contradict each other, what `marks` say. */
export const joined = (marks: Marks, others: Marks): Marks => ({
  pinned: both(others.pinned, marks.pinned),
  hidden: both(others.hidden, marks.hidden),
  categories: Object.fromEntries(Object.entries({ ...others.categories, ...marks.categories }).slice(-MOST)),
  reviewed: both(others.reviewed, marks.reviewed).slice(-MOST_REVIEWED),
  collapsed: both(others.collapsed, marks.collapsed),
  grouped: marks.grouped || others.grouped,
});

const both = (some: string[], others: string[]): string[] => [...new Set([...some, ...others])].slice(-MOST);

export interface Group {
  id: string;
  title: string;
  workflows: Workflow[];
}

export interface Arranged {
  groups: Group[];
  hidden: Workflow[];
}

const STATES = [
  { id: "needs", title: "Needs somebody" },
  { id: "running", title: "Running" },
  { id: "fine", title: "Fine" },
  { id: "other", title: "Other" },
];

/** The workflows as they are shown: what needs somebody first, pinned ones before others, reviewed ones behind them. */
export function arrange(workflows: Workflow[], marks: Marks, date: string): Arranged {
  const shown = workflows.filter(({ key }) => !marks.hidden.includes(key));
  const hidden = workflows.filter(({ key }) => marks.hidden.includes(key));
  const groupOf = (workflow: Workflow): string =>
    marks.grouped && workflow.section !== "needs" ? categoryOf(marks, workflow) : workflow.section;
  const byCategory = CATEGORIES.map((id) => ({ id, title: CATEGORY_NAME[id] }));
  const places = marks.grouped ? [...STATES.slice(0, 1), ...byCategory] : STATES;
  const order = (workflow: Workflow): number =>
    (isReviewed(marks, workflow, date) ? 2 : 0) + (marks.pinned.includes(workflow.key) ? 0 : 1);
  const inOrder = shown.map((workflow) => ({ workflow, order: order(workflow) })).sort((a, b) => a.order - b.order);
  const members = new Map(places.map(({ id }): [string, Workflow[]] => [id, []]));
  for (const { workflow } of inOrder) members.get(groupOf(workflow))?.push(workflow);
  const groups = places.map((place) => ({ ...place, workflows: members.get(place.id) ?? [] }));
  return { groups: groups.filter((group) => group.workflows.length > 0), hidden };
}

/** What was kept, of whatever version; what is no longer understood counts for nothing. */
export function readMarks(text: string | null): Marks {
  let kept: unknown = null;
  try {
    kept = text && JSON.parse(text);
  } catch {
    // Somebody else wrote it.
  }
  if (typeof kept !== "object" || kept === null) return NO_MARKS;
  const { pinned, hidden, categories, reviewed, collapsed, grouped } = kept as Record<string, unknown>;
  return {
    pinned: texts(pinned),
    hidden: texts(hidden),
    categories: readCategories(categories),
    reviewed: texts(reviewed).slice(-MOST_REVIEWED),
    collapsed: texts(collapsed),
    grouped: grouped === true,
  };
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];

function readCategories(value: unknown): Record<string, Category> {
  if (typeof value !== "object" || value === null) return {};
  const known = Object.entries(value).filter(([, category]) => CATEGORIES.includes(category as Category));
  return Object.fromEntries(known) as Record<string, Category>;
}

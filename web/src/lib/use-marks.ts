import { useSyncExternalStore } from "react";
import { keep, recall } from "./kept";
import { type Marks, NO_MARKS, readMarks } from "./marks";

const PREFIX = "omnilens-marks ";
const known = new Map<string, Marks>();
const listeners = new Set<() => void>();

/** What this browser keeps about the workflows of a repository. */
export const useMarks = (slug: string): Marks => useSyncExternalStore(subscribe, () => marksOf(slug));

export function changeMarks(slug: string, change: (marks: Marks) => Marks): void {
  const marks = change(marksOf(slug));
  known.set(slug, marks);
  const written = JSON.stringify(marks);
  keep(PREFIX + slug, written === JSON.stringify(NO_MARKS) ? "" : written);
  for (const listener of listeners) listener();
}

/** What this browser keeps, to be looked at once. */
export function marksOf(slug: string): Marks {
  const marks = known.get(slug) ?? readMarks(recall(PREFIX + slug));
  known.set(slug, marks);
  return marks;
}

/** They are kept elsewhere from now on. */
export function dropMarks(slug: string): void {
  changeMarks(slug, () => NO_MARKS);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", reread);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", reread);
  };
}

/** Another tab has changed something. */
function reread({ key }: StorageEvent): void {
  if (key !== null && !key.startsWith(PREFIX)) return;
  known.clear();
  for (const listener of listeners) listener();
}

import { useSyncExternalStore } from "react";

const KEY = "omnilens-dismissed";
/** More than anybody dismisses at a time. */
const KEPT = 20;
const listeners = new Set<() => void>();
/** Where there is no storage, it lasts as long as the page. */
let here = "";

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? here;
  } catch {
    return here;
  }
}

/** Have something not shown any more in this browser, whatever page. */
export function dismiss(id: string): void {
  here = [id, ...stored().split("\n").filter(Boolean)].slice(0, KEPT).join("\n");
  try {
    localStorage.setItem(KEY, here);
  } catch {
    // As said above.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const useIsDismissed = (id: string): boolean =>
  useSyncExternalStore(subscribe, () => stored().split("\n").includes(id));

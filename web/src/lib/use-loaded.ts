import { useSyncExternalStore } from "react";

/** Whether the page is loaded, so that what can wait does not stand in the way of what is wanted first. */
export const useLoaded = (): boolean => useSyncExternalStore(subscribe, () => document.readyState === "complete");

function subscribe(listener: () => void): () => void {
  window.addEventListener("load", listener);
  return () => window.removeEventListener("load", listener);
}

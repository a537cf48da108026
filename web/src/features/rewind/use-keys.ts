import { useEffect } from "react";

const MINUTE = 60_000;

interface RewindKeys {
  /** To the update before or after. */
  onStep: (step: 1 | -1) => void;
  onBy: (ms: number) => void;
  onBeginning: () => void;
  onEnd: () => void;
  onToggle: () => void;
  onLive: () => void;
}

const closest = (target: EventTarget | null, what: string): boolean =>
  target instanceof HTMLElement && target.closest(what) !== null;

/** Where somebody writes, or where a key has a meaning of its own. */
function isTaken({ key, target }: KeyboardEvent): boolean {
  if (closest(target, "[data-scrubber]")) return false;
  if (closest(target, "input, textarea, select, [contenteditable]")) return true;
  return key === " " && closest(target, "button, a, summary");
}

/** The keys of a player, anywhere on the page. They come before those of the page: Escape leads to live first. */
export function useKeys(keys: RewindKeys): void {
  useEffect(() => {
    const actions = new Map<string, (shift: boolean) => void>([
      ["ArrowLeft", (shift) => (shift ? keys.onBy(-MINUTE) : keys.onStep(-1))],
      ["ArrowRight", (shift) => (shift ? keys.onBy(MINUTE) : keys.onStep(1))],
      ["PageDown", () => keys.onBy(-MINUTE)],
      ["PageUp", () => keys.onBy(MINUTE)],
      ["Home", keys.onBeginning],
      ["End", keys.onEnd],
      [" ", keys.onToggle],
      ["Escape", keys.onLive],
    ]);
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTaken(event)) return;
      if (document.querySelector("[data-overlay]")) return;
      // Elsewhere they scroll the page.
      if (event.key.startsWith("Page") && !closest(event.target, "[data-scrubber]")) return;
      const action = actions.get(event.key);
      if (!action) return;
      event.preventDefault();
      action(event.shiftKey);
    };
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, [keys]);
}

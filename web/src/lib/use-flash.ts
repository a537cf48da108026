import { type RefObject, useEffect, useMemo, useRef } from "react";

/** What each thing in a view said last, whoever showed it. */
export interface FlashMemory {
  /** Whether the view has been shown, so that what appears is new. */
  shown: boolean;
  seen: Map<string, string>;
}

const COLOR = "var(--flash, var(--moves-soft))";
const TIMING = { duration: 180, easing: "ease-out" };

/** Another one for another view: what appears because somebody wants to see it is not new. */
export function useFlashMemory(view: string): FlashMemory {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is made anew for each view
  const memory = useMemo<FlashMemory>(() => ({ shown: false, seen: new Map() }), [view]);
  // Runs after the same of all that is shown.
  useEffect(() => {
    memory.shown = true;
  }, [memory]);
  return memory;
}

/**
 * Highlights an element when it says something else than before, also where it has moved to another part of the view.
 * Each looks after itself: to compare all for every update takes longer than to draw what has changed.
 */
export function useFlash<T extends HTMLElement>(
  memory: FlashMemory,
  key: string,
  signature: string,
): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    const before = memory.seen.get(key);
    memory.seen.set(key, signature);
    const isNew = before === undefined ? memory.shown : before !== signature;
    return isNew && element.current ? flash(element.current) : undefined;
  }, [memory, key, signature]);
  return element;
}

/** An animation has the browser draw frame after frame, also where nobody sees it; so there is none there. */
function flash(element: HTMLElement): () => void {
  const observer = new IntersectionObserver(([seen]) => {
    observer.disconnect();
    if (!seen?.isIntersecting || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    element.animate([{ offset: 0, backgroundColor: COLOR }], TIMING);
  });
  observer.observe(element);
  return () => observer.disconnect();
}

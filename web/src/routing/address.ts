import { useMemo } from "react";
import { useRoute } from "wouter";
import { navigate, useSearch } from "wouter/use-browser-location";
import { withSearch } from "./paths";

interface Going {
  /** The address takes the place of the last: no step to come back to. */
  replace?: boolean;
  /** What is shown stays where it is. */
  keepScroll?: boolean;
}

/** Go to an address of the page. */
export function go(to: string, { replace = to === here(), keepScroll = false }: Going = {}): void {
  navigate(to, { replace });
  if (!keepScroll) window.scrollTo(0, 0);
}

const here = (): string => location.pathname + location.search;

const read = (search: string): Record<string, string> => Object.fromEntries(new URLSearchParams(search));

/** What stands behind the question mark. The same value for the same words. */
export function useAsked(): Record<string, string> {
  const search = useSearch();
  return useMemo(() => read(search), [search]);
}

/** Change what stands behind the question mark; what is undefined is left out, and what is not named stays. */
export function ask(changes: Record<string, string | number | undefined>, going?: Going): void {
  go(withSearch(location.pathname, { ...read(location.search), ...changes }), going);
}

/** The repository that is looked at, on whichever of its pages. */
export function useSlug(): string | undefined {
  const [, params] = useRoute("/dashboard/:slug/*?");
  return params?.slug;
}

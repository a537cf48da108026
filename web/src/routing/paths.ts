/** The addresses of the page, and what may stand behind their question mark. */

type Search = Record<string, string | number | undefined>;

/** What the addresses of pages begin with; everything else is the server's own. */
const PAGES = /^\/($|dashboard\/|(notifications|privacy|tokens|operations|login)$)/;

export const isPage = (pathname: string): boolean => PAGES.test(pathname);

/** An address with what is asked for; what has no value is left out. */
export function withSearch(path: string, search: Search): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value !== undefined) asked.set(name, String(value));
  return asked.size > 0 ? `${path}?${asked}` : path;
}

export const boardPath = (slug: string, search: Search = {}): string =>
  withSearch(`/dashboard/${encodeURIComponent(slug)}`, search);

/** With an attempt, an earlier one than the last. */
export const runPath = (slug: string, runId: number, attempt?: number): string =>
  withSearch(`${boardPath(slug)}/runs/${runId}`, { attempt });

export const reportPath = (slug: string, days?: 90): string => withSearch(`${boardPath(slug)}/report`, { days });

export const doctorPath = (slug: string): string => `${boardPath(slug)}/doctor`;

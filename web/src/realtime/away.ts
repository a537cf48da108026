import type { Notification } from "../api/types";
import { duration } from "../lib/time";
import { type Tidings, tidingsOf } from "./announcements";

/** What came while no page of the viewer was open. */
export interface Away {
  /** How long that was, in milliseconds; nothing where it is not known. */
  took: number | null;
  /** Newest first. */
  notices: Notification[];
}

/** Shorter than this is a page that was loaded again: what came meanwhile is as good as live. */
const MOMENT = 60_000;
const NAMED = 3;

export const isMoment = (took: number | null): boolean => took !== null && took < MOMENT;

const WORD: Record<Tidings, (count: number) => string> = {
  broke: (count) => `${count} broke`,
  waits: (count) => (count === 1 ? "1 waits for approval" : `${count} wait for approval`),
  fixed: (count) => `${count} fixed`,
};

/** "While you were away (37 min): 2 broke (api / CI, web / E2E), 1 fixed" */
export function awayLine({ took, notices }: Away): string {
  const time = took === null ? "" : ` (${duration(wholeMinutes(took))})`;
  const parts = (["broke", "waits", "fixed"] as const).flatMap((kind) => {
    const some = notices.filter((notice) => tidingsOf(notice) === kind);
    if (some.length === 0) return [];
    const names = kind === "fixed" ? "" : ` (${namesOf(some)})`;
    const incidents = new Set(some.map(({ incident }) => incident)).size;
    return [`${WORD[kind](incidents)}${names}`];
  });
  return `While you were away${time}: ${parts.join(", ")}`;
}

const wholeMinutes = (ms: number): number => Math.max(1, Math.round(ms / 60_000)) * 60_000;

function namesOf(notices: Notification[]): string {
  const names = [...new Set(notices.map(({ repo_slug, workflow }) => `${repo_slug} / ${workflow}`))];
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(", ")} and ${more} more` : names.join(", ");
}

const KEY = "omnilens.here";

/** Remembers when a page of ours was last here, for all tabs of this browser. Without storage it knows nothing. */
export const presence = {
  last(): number | null {
    try {
      const kept = Number(localStorage.getItem(KEY));
      return kept > 0 ? kept : null;
    } catch {
      return null;
    }
  },
  note(now: number): void {
    try {
      localStorage.setItem(KEY, String(now));
    } catch {
      // Then nobody is told how long it was.
    }
  },
};

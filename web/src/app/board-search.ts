import { useMemo } from "react";
import { isDay } from "../lib/day";
import { type Filter, readFilter } from "../lib/filter";
import { HEALTHS, type Health } from "../lib/health";
import { ask, useAsked } from "../routing/address";

/** What the address of a board says besides whose it is. */
export interface BoardSearch extends Filter {
  /** How workflows do, compared with the day before: only those. */
  health?: Health | undefined;
  /** For a screen on a wall. */
  kiosk?: 1 | undefined;
  /** A day other than today; only of one repository. */
  date?: string | undefined;
  /** A moment of the last half hour; only of one repository. */
  at?: string | undefined;
}

function readBoardSearch(asked: Record<string, string>): BoardSearch {
  const { health, kiosk, date, at } = asked;
  return {
    ...readFilter(asked),
    health: HEALTHS.find((known) => known === health),
    kiosk: kiosk === "1" || kiosk === "true" ? 1 : undefined,
    date: isDay(date) ? date : undefined,
    at: at !== undefined && !Number.isNaN(Date.parse(at)) ? at : undefined,
  };
}

export function useBoardSearch(): BoardSearch {
  const asked = useAsked();
  return useMemo(() => readBoardSearch(asked), [asked]);
}

/** Writing a word is not a step to come back to, so the address is replaced. */
export const setFilter = (filter: Filter & Pick<BoardSearch, "health">): void =>
  ask({ ...filter }, { replace: true, keepScroll: true });

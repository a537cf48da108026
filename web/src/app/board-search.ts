import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { type Filter, readFilter } from "../lib/filter";
import { HEALTHS, type Health } from "../lib/health";

/** What the address of a board says besides whose it is. */
export interface BoardSearch extends Filter {
  /** How workflows do, compared with the day before: only those. */
  health?: Health | undefined;
  /** For a screen on a wall. */
  kiosk?: 1 | undefined;
}

/** A moment that the board is rewound to, as it is written in an address. */
export const readMoment = (at: unknown): string | undefined =>
  typeof at === "string" && !Number.isNaN(Date.parse(at)) ? at : undefined;

/** Said outright, because what is left out here keeps the value it has in the address. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  return {
    ...readFilter(search),
    health: HEALTHS.find((known) => known === search.health),
    kiosk: search.kiosk === 1 || search.kiosk === true ? 1 : undefined,
  };
}

/** Writing a word is not a step to come back to, so the address is replaced. */
export function useSetFilter(): (filter: Filter & Pick<BoardSearch, "health">) => void {
  const navigate = useNavigate();
  return useCallback(
    (filter) =>
      void navigate({
        to: ".",
        search: (before: object) => ({ ...before, ...filter }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
}

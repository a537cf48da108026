import { useSyncExternalStore } from "react";
import { browserZone, dateOf } from "./day";
import { serverClock } from "./server-clock";

/** Something read off the clock. A component renders again only when what it reads changes, not every second. */
export function useClock<T extends string | number | boolean>(read: (now: number) => T): T {
  return useSyncExternalStore(serverClock.subscribe, () => read(serverClock.now()));
}

/** The same, on a clock that goes on while the connection is lost. */
export function useLiveClock<T extends string | number | boolean>(read: (now: number) => T): T {
  return useSyncExternalStore(serverClock.subscribe, () => read(serverClock.live()));
}

const wholeSecond = (now: number): number => Math.floor(now / 1000) * 1000;

export const useSecond = (): number => useClock(wholeSecond);

export function useToday(): { date: string; tz: string } {
  const tz = browserZone();
  return { tz, date: useClock((now) => dateOf(now, tz)) };
}

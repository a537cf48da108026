import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import { browserZone, dateOf } from "./day";
import { serverClock } from "./server-clock";

/** What tells the time of what is shown. */
export interface Clock {
  now: () => number;
  subscribe: (listener: () => void) => () => void;
}

/** Another one where something is shown that is not of now. */
export const ClockContext = createContext<Clock>(serverClock);

/** Something read off the clock. A component renders again only when what it reads changes, not every second. */
export function useClock<T extends string | number | boolean>(read: (now: number) => T): T {
  const clock = useContext(ClockContext);
  return useSyncExternalStore(clock.subscribe, () => read(clock.now()));
}

/** The same, on the server's clock of now, which goes on while the connection is lost. */
export function useLiveClock<T extends string | number | boolean>(read: (now: number) => T): T {
  return useSyncExternalStore(serverClock.subscribe, () => read(serverClock.live()));
}

const wholeSecond = (now: number): number => Math.floor(now / 1000) * 1000;

/** Whether what is shown is of now. */
export const useIsOfNow = (): boolean => useContext(ClockContext) === serverClock;

export const useSecond = (): number => useClock(wholeSecond);

const wholeMinute = (now: number): number => Math.floor(now / 60_000) * 60_000;

/** Worked out once a minute, since days begin on one and to find out is slow. */
export function useToday(): { date: string; tz: string } {
  const minute = useClock(wholeMinute);
  return useMemo(() => {
    const tz = browserZone();
    return { tz, date: dateOf(minute, tz) };
  }, [minute]);
}

import { useEffect } from "react";
import { serverClock } from "../../lib/server-clock";
import { instant } from "../../lib/time";

/** More than a timer can hold would fire at once. */
const LONGEST = 2_147_483_647;
/** The server's clock is known to about a second. */
const AFTER = 1500;

/** Asks once more, at the moment at which the server said that it may help, if the page is still open then. */
export function useRetry(retryAt: string | null | undefined, retry: () => void): void {
  useEffect(() => {
    if (!retryAt) return;
    const wait = Math.min(Math.max(0, instant(retryAt) - serverClock.live()) + AFTER, LONGEST);
    const timer = setTimeout(retry, wait);
    return () => clearTimeout(timer);
  }, [retryAt, retry]);
}

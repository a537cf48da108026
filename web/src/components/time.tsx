import { age, clockFace, duration, fullTime, moment } from "../lib/time";
import { useClock } from "../lib/use-clock";

/** "41 min", counted from a moment on the server's clock. */
export function Age({ since, suffix = "" }: { since: number; suffix?: string }) {
  const text = useClock((now) => age(now - since));
  return (
    <time dateTime={new Date(since).toISOString()} title={fullTime(since)} className="whitespace-nowrap">
      {text}
      {suffix}
    </time>
  );
}

/** "14:02", or "22 Nov, 14:02" on another day. */
export function Moment({ at }: { at: number }) {
  const text = useClock((now) => moment(at, now));
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)} className="whitespace-nowrap">
      {text}
    </time>
  );
}

/** A stopwatch. */
export function Ticking({ since }: { since: number }) {
  return <span className="whitespace-nowrap tabular-nums">{useClock((now) => clockFace(now - since))}</span>;
}

export function Took({ ms }: { ms: number }) {
  return <span className="whitespace-nowrap tabular-nums">{duration(ms)}</span>;
}

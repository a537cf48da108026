/** Milliseconds of a timestamp of the server; a missing one is the beginning of time. */
export function instant(timestamp: string | null | undefined): number {
  const value = timestamp ? Date.parse(timestamp) : 0;
  return Number.isNaN(value) ? 0 : value;
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** A ticking clock face: 0:07, 4:10, 1:02:33. */
export function clockFace(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(total % 60)}` : `${minutes}:${pad(total % 60)}`;
}

/** A finished duration in words: 38 s, 3 min 5 s, 2 h 4 min. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return total % 60 ? `${minutes} min ${total % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** How long something took that is over in a moment: 38 ms, 1.2 s. */
export const latency = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** How long ago, coarse on purpose: 6 s, 41 min, 3 h, 2 d. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const wallClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const wallMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const wallDate = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const wallFull = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** The day of a moment: 22 Nov. */
export const dayOfMoment = (ms: number): string => wallDate.format(ms);
export const timeOfDay = (ms: number): string => wallClock.format(ms);
export const minuteOfDay = (ms: number): string => wallMinute.format(ms);
const zoned = new Map<string, Intl.DateTimeFormat>();

/** The same in a time zone of one's choice. */
export function minuteOfDayIn(ms: number, timeZone: string): string {
  const made =
    zoned.get(timeZone) ?? new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  zoned.set(timeZone, made);
  return made.format(ms);
}
/** A moment as short as it can be told: its minute, and its day if that is another one than now. */
export function moment(ms: number, now: number): string {
  const day = wallDate.format(ms);
  return day === wallDate.format(now) ? minuteOfDay(ms) : `${day}, ${minuteOfDay(ms)}`;
}
export const fullTime = (ms: number): string => wallFull.format(ms);

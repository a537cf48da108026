const HALF_DAY = 43_200_000;
const formats = new Map<string, Intl.DateTimeFormat>();

export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

function format(tz: string): Intl.DateTimeFormat {
  let made = formats.get(tz);
  if (!made) {
    const digits = "2-digit";
    made = new Intl.DateTimeFormat("en-CA", {
      timeZone: tz,
      hourCycle: "h23",
      year: "numeric",
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    });
    formats.set(tz, made);
  }
  return made;
}

function wall(ms: number, tz: string): { date: string; offset: number } {
  const part = Object.fromEntries(
    format(tz)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const date = `${part.year}-${part.month}-${part.day}`;
  const local = Date.parse(`${date}T${part.hour}:${part.minute}:${part.second}Z`);
  return { date, offset: local - Math.floor(ms / 1000) * 1000 };
}

export const dateOf = (ms: number, tz: string): string => wall(ms, tz).date;

/** The first moment of a day. Clocks may jump at midnight, so both offsets around it are tried. */
function startOf(date: string, tz: string): number {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const around = [utc - 2 * HALF_DAY, utc + 2 * HALF_DAY].map((ms) => utc - wall(ms, tz).offset);
  return around.sort((a, b) => a - b).find((ms) => wall(ms, tz).date === date) ?? utc;
}

const bounds = new Map<string, { start: number; end: number }>();

export function dayBounds(date: string, tz: string): { start: number; end: number } {
  const key = `${date} ${tz}`;
  let known = bounds.get(key);
  if (!known) {
    known = { start: startOf(date, tz), end: startOf(shiftDay(date, 1), tz) };
    bounds.set(key, known);
  }
  return known;
}

export function shiftDay(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 2 * HALF_DAY).toISOString().slice(0, 10);
}

/** A real calendar day, written as YYYY-MM-DD. */
export function isDay(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && shiftDayOrNothing(value) === value;
}

function shiftDayOrNothing(value: string): string | undefined {
  const ms = Date.parse(`${value}T12:00:00Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10);
}

const long = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

export const dayName = (date: string): string => long.format(Date.parse(`${date}T12:00:00Z`));

const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** "22 Nov". */
export const shortDay = (date: string): string => short.format(Date.parse(`${date}T12:00:00Z`));

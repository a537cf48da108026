import type { HistoryProgress, RunList } from "../api/types";

const DAY = 86_400_000;

/** Whether this is the end of fetching a day that a list shows, or of one whose runs belong to that day as well. */
export function isOutdatedBy(list: RunList, told: HistoryProgress): boolean {
  const news = [told.date, ...told.touched];
  return told.state !== "fetching" && (list.history?.days ?? []).some(({ date }) => news.includes(date));
}

/** The same of a list that is still on its way: days in UTC begin within a day of those in any time zone. */
export function mayOutdate(date: string, told: HistoryProgress): boolean {
  const isNear = (day: string) => Math.abs(Date.parse(day) - Date.parse(date)) <= DAY;
  return told.state !== "fetching" && [told.date, ...told.touched].some(isNear);
}

/** The list with how far its days are now; the very same one if this is about other days. */
export function applyProgress(list: RunList, told: HistoryProgress): RunList {
  const { history } = list;
  if (!history?.days.some(({ date }) => date === told.date)) return list;
  const { state, done, total } = told;
  const days = history.days.map((day) => (day.date === told.date ? { ...day, state, done, total } : day));
  const totals = days.map((day) => day.total);
  return {
    ...list,
    history: {
      state,
      done: days.reduce((sum, day) => sum + day.done, 0),
      total: totals.includes(null) ? null : totals.reduce<number>((sum, each) => sum + (each ?? 0), 0),
      reason: null,
      retryAt: null,
      days,
    },
  };
}

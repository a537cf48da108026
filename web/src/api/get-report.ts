import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

const FRESH = 60_000;

export const reportQuery = (slug: string, days: number, tz: string) =>
  queryOptions({
    queryKey: keys.report(slug, days, tz),
    queryFn: async ({ signal }) => {
      const params = { path: { slug }, query: { days, tz } };
      return unwrap(await client.GET("/api/repos/{slug}/report", { params, signal }));
    },
    staleTime: FRESH,
  });

export type ReportTable = "days" | "workflows" | "durations" | "jobs" | "flaky" | "waiting" | "minutes";

/** Where the same numbers are as a file. */
export function csvAddress(slug: string, days: number, tz: string, table: ReportTable): string {
  const query = new URLSearchParams({ days: String(days), tz, table });
  return `/api/repos/${encodeURIComponent(slug)}/report.csv?${query}`;
}

import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

const FRESH = 300_000;

/** What a day is compared with. It is of the days before, so the day's own updates change little of it. */
export const workflowsQuery = (slug: string, date: string, tz: string) =>
  queryOptions({
    queryKey: keys.workflows(slug, date, tz),
    queryFn: async ({ signal }) => {
      const params = { path: { slug }, query: { date, tz } };
      return unwrap(await client.GET("/api/repos/{slug}/workflows", { params, signal }));
    },
    staleTime: FRESH,
  });

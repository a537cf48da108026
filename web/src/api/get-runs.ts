import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

export const runsQuery = (slug: string, date: string, tz: string) =>
  queryOptions({
    queryKey: keys.runs(slug, date, tz),
    queryFn: async ({ signal }) => {
      const params = { path: { slug }, query: { date, tz } };
      return unwrap(await client.GET("/api/repos/{slug}/runs", { params, signal }));
    },
  });

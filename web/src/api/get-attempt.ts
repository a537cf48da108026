import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** A run as it was in an earlier attempt, which changes no more. */
export const attemptQuery = (slug: string, id: number, attempt: number) =>
  queryOptions({
    queryKey: keys.attempt(slug, id, attempt),
    queryFn: async ({ signal }) => {
      const params = { path: { slug, id }, query: { attempt } };
      return unwrap(await client.GET("/api/repos/{slug}/runs/{id}", { params, signal }));
    },
  });

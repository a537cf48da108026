import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

export const runQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: keys.run(slug, id),
    queryFn: async ({ signal }) => {
      const params = { path: { slug, id } };
      return unwrap(await client.GET("/api/repos/{slug}/runs/{id}", { params, signal }));
    },
  });

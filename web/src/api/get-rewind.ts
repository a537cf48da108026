import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";
import type { Rewind } from "./types";

/** Let go soon after nobody looks at it any more: it grows with every update. */
const KEPT = 5_000;

export const rewindQuery = (slug: string, tz: string) =>
  queryOptions({
    queryKey: keys.rewind(slug, tz),
    queryFn: async ({ signal }): Promise<Rewind> => {
      const params = { path: { slug }, query: { tz } };
      return unwrap(await client.GET("/api/repos/{slug}/rewind", { params, signal })) as Rewind;
    },
    gcTime: KEPT,
  });

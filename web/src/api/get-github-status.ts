import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** Asked once; from then on the server tells. */
export const githubStatusQuery = queryOptions({
  queryKey: keys.githubStatus,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/github/status", { signal })),
  retry: false,
});

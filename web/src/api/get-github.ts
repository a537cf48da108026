import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** Asked anew whenever somebody looks: nothing keeps it up to date. */
export const githubQuery = queryOptions({
  queryKey: keys.github,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/github", { signal })),
  staleTime: 0,
});

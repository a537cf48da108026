import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** What is on the board already, and not on one's list. */
export const suggestionsQuery = queryOptions({
  queryKey: keys.suggestions,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/repos/suggestions", { signal })),
  staleTime: 0,
});

import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** Who looks. The page's first request: index.html has it under way before the code is there. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/me", { signal })),
});

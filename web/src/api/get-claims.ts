import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

export const claimsQuery = (slug: string) =>
  queryOptions({
    queryKey: keys.claims(slug),
    queryFn: async ({ signal }) =>
      unwrap(await client.GET("/api/repos/{slug}/claims", { params: { path: { slug } }, signal })),
  });

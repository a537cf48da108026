import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

export const reposQuery = (date: string, tz: string) =>
  queryOptions({
    queryKey: keys.repos(date, tz),
    queryFn: async ({ signal }) => unwrap(await client.GET("/api/repos", { params: { query: { date, tz } }, signal })),
    // Which repositories exist does not come over the socket; every visit asks anew while showing what is known.
    staleTime: 0,
    // The same list again is nothing to draw again.
    structuralSharing: true,
    // While GitHub does not say what one may see, the server asks it again every half minute.
    refetchInterval: ({ state }) => (state.data?.problem ? 30_000 : false),
  });

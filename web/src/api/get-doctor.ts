import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** Looked at anew whenever the page is opened; the server looks once a minute at most. */
export const doctorQuery = (slug: string) =>
  queryOptions({
    queryKey: keys.doctor(slug),
    queryFn: async ({ signal }) =>
      unwrap(await client.GET("/api/repos/{slug}/doctor", { params: { path: { slug } }, signal })),
    staleTime: 0,
  });

import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** The server looks every five seconds itself. */
const EVERY = 5000;

export const alertsQuery = queryOptions({
  queryKey: keys.alerts,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/alerts", { signal })),
  staleTime: 0,
  refetchInterval: EVERY,
});

export const flagsQuery = queryOptions({
  queryKey: keys.flags,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/flags", { signal })),
  staleTime: 0,
  refetchInterval: EVERY,
});

export const problemsQuery = queryOptions({
  queryKey: keys.problems,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/reports", { signal })),
  staleTime: 0,
  refetchInterval: EVERY,
});

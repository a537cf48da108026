import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

/** Where nothing comes live: the server looks every five seconds itself. */
export const ASK_EVERY = 5000;

export const alertsQuery = queryOptions({
  queryKey: keys.alerts,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/alerts", { signal })),
  staleTime: 0,
});

export const flagsQuery = queryOptions({
  queryKey: keys.flags,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/flags", { signal })),
  staleTime: 0,
});

export const figuresQuery = queryOptions({
  queryKey: keys.figures,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/operations/history", { signal })),
  staleTime: 0,
});

export const problemsQuery = queryOptions({
  queryKey: keys.problems,
  queryFn: async ({ signal }) => unwrap(await client.GET("/api/reports", { signal })),
  staleTime: 0,
});

import { notifyManager, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client";
import { keys } from "./keys";
import type { Me } from "./types";

// An update is shown in the frame it arrived in, instead of one timer later.
notifyManager.setScheduler(queueMicrotask);

/** Live data is kept up to date by the socket alone: nothing here ever refetches by itself. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => isNobody(error) && becomeNobody(client) }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        // Updates share structure by construction; comparing whole answers would cost more than it saves.
        structuralSharing: false,
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
  return client;
}

const isNobody = (error: Error): boolean => error instanceof ApiError && error.code === "not-logged-in";

/** The session is over: what only its user may see is forgotten, and the login is shown. */
export function becomeNobody(client: QueryClient): void {
  client.setQueryData<Me>(keys.me, (me) => me && { ...me, user: null });
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
}

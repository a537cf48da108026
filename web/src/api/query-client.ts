import { notifyManager, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client";

// An update is shown in the frame it arrived in, instead of one timer later.
notifyManager.setScheduler(queueMicrotask);

/** Live data is kept up to date by the socket alone: nothing here ever refetches by itself. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
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
}

import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./keys";

export const NOTIFICATIONS_AT_ONCE = 50;

/** What the viewer was told, newest first, a page at a time. New ones are put in front as they arrive. */
export const notificationsQuery = () =>
  infiniteQueryOptions({
    queryKey: keys.notifications,
    queryFn: async ({ pageParam, signal }) =>
      unwrap(
        await client.GET("/api/notifications", {
          params: { query: { limit: NOTIFICATIONS_AT_ONCE, ...(pageParam !== undefined && { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ notifications }) =>
      notifications.length < NOTIFICATIONS_AT_ONCE ? undefined : notifications.at(-1)?.id,
  });

import { client, unwrap } from "./client";

/** Marks notices as read, for all tabs and devices of the viewer. Returns how many are left unread. */
export async function readNotifications(which: { ids: number[] } | { through: number }): Promise<number> {
  return unwrap(await client.POST("/api/notifications/read", { body: which })).unread;
}

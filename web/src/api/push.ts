import { client, unwrap } from "./client";

/** The server's public key; nothing if it cannot reach browsers without a page. */
export const pushKey = async (): Promise<string | null> => unwrap(await client.GET("/api/push")).key ?? null;

export async function addBrowser({ endpoint = "", keys = {} }: PushSubscriptionJSON): Promise<void> {
  unwrap(await client.POST("/api/push", { body: { endpoint, keys } }));
}

/** Addresses come from webhooks; only real web addresses become links. */
export function safeLink(address: string | null | undefined): string | undefined {
  return address?.startsWith("https://") ? address : undefined;
}

/** Has this browser told also while no page of ours is open. Where it cannot be, nothing happens. */
export async function subscribeToPush(
  key: string | null,
  add: (subscription: PushSubscriptionJSON) => Promise<void>,
): Promise<boolean> {
  if (!key || !("serviceWorker" in navigator) || !("PushManager" in window)) return false;
  const registration = await navigator.serviceWorker.register("/sw.js");
  const known = await registration.pushManager.getSubscription();
  if (known && !isOf(known, key)) await known.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await add(subscription.toJSON());
  return true;
}

/** A server with another key is another sender, and its messages would be refused. */
function isOf(subscription: PushSubscription, key: string): boolean {
  const known = subscription.options.applicationServerKey;
  if (!known) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(known)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

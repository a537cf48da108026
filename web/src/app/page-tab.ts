import type { Tone } from "../lib/status";
import { useTab } from "../lib/tab";
import { useUnread } from "../realtime/context";

/** "(3) 2 broken · Board · OmniLens": the tab says how much is unread, in its title and by a dot on its icon. */
export function usePageTab(title: string, tone: Tone): void {
  const unread = useUnread();
  useTab(unread > 0 ? `(${unread}) ${title}` : title, tone, unread > 0);
}

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { keys } from "../api/keys";
import { readNotifications } from "../api/read-notifications";
import type { Notification, NotificationList } from "../api/types";
import { serverClock } from "../lib/server-clock";
import { instant } from "../lib/time";
import { type Announcement, announcementsOf } from "./announcements";
import { type Away, isMoment, presence } from "./away";
import { Batch } from "./batch";
import type { LiveSocket, WatchAnswer } from "./socket";

/** What came within this many milliseconds is announced together. */
const WINDOW = 800;
const NOTE_EVERY = 15_000;
/** The server sends a heartbeat every 25 seconds. Whoever has heard nothing for longer is told nothing either. */
const HEARD_WITHIN = 45_000;
const AGAIN_AFTER = 5000;
/** Notices that a server takes in one confirmation. */
const SEEN_AT_ONCE = 200;

interface State {
  /** Nothing before the server said so. */
  unread: number | null;
  away: Away | null;
}

/** The viewer's notices: asks for them, confirms them, and keeps every place that shows them alike. */
export class Notifications {
  #state: State = { unread: null, away: null };
  #newest = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #client: QueryClient;
  readonly #socket: LiveSocket;
  readonly #told: Batch<Notification>;

  constructor(client: QueryClient, socket: LiveSocket, announce: (announcements: Announcement[]) => void) {
    this.#client = client;
    this.#socket = socket;
    this.#told = new Batch(WINDOW, (batch) => announce(announcementsOf(batch)));
  }

  get = (): State => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    this.#socket.on("notification", this.#receive);
    this.#socket.on("notification-changed", (notice) => this.#change(notice));
    this.#socket.on("notifications-read", ({ ids, unread }) => this.#wereRead((id) => ids.includes(id), unread));
    this.#socket.io.on("ping", this.#hear);
    const noting = setInterval(this.#noteHere, NOTE_EVERY);
    window.addEventListener("pagehide", this.#noteHere);
    return () => {
      this.#socket.io.off("ping", this.#hear);
      clearInterval(noting);
      clearTimeout(this.#again);
      window.removeEventListener("pagehide", this.#noteHere);
    };
  }

  /** The connection stands: from here on every new notice comes as an event, and what was missed in the answer. */
  connected(): void {
    clearTimeout(this.#again);
    this.#socket.emit("watch-notifications", { since: this.#newest }, (answer) => this.#watching(answer));
  }

  disconnected(): void {
    clearTimeout(this.#again);
    this.#noteHere();
  }

  markRead(ids: number[]): void {
    if (ids.length > 0) this.#read({ ids }, (id) => ids.includes(id));
  }

  /** All that there are up to now: one that arrives meanwhile stays unread. */
  markAllRead(): void {
    const through = this.#newest;
    if (through > 0) this.#read({ through }, (id) => id <= through);
  }

  dismissAway(): void {
    this.#set({ away: null });
  }

  #watching(answer: WatchAnswer): void {
    if (!answer.ok) {
      this.#again = setTimeout(() => this.connected(), AGAIN_AFTER);
      return;
    }
    this.#hear();
    const { pending, unread, newest } = answer;
    const last = presence.last();
    const took = last === null ? null : Math.max(0, instant(answer.now) - last);
    this.#newest = Math.max(this.#newest, newest);
    this.#set({ unread });
    this.#confirm(pending);
    if (isMoment(took)) this.#told.add(...[...pending].reverse());
    else if (pending.length > 0) this.#set({ away: { took, notices: pending } });
    this.#noteHere();
    void this.#client.invalidateQueries({ queryKey: keys.notifications });
  }

  #receive = (notice: Notification): void => {
    if (notice.id <= this.#newest) return;
    this.#newest = notice.id;
    this.#confirm([notice]);
    if (!notice.read && this.#state.unread !== null) this.#set({ unread: this.#state.unread + 1 });
    this.#update(([first, ...rest]) =>
      first ? [{ ...first, notifications: [notice, ...first.notifications] }, ...rest] : [],
    );
    this.#told.add(notice);
  };

  #change(notice: Notification): void {
    this.#update((pages) =>
      pages.map((page) => ({
        ...page,
        notifications: page.notifications.map((known) => (known.id === notice.id ? notice : known)),
      })),
    );
  }

  #read(which: Parameters<typeof readNotifications>[0], isRead: (id: number) => boolean): void {
    this.#wereRead(isRead, null);
    readNotifications(which).then(
      (unread) => this.#set({ unread }),
      () => this.connected(), // what the server has is shown again
    );
  }

  #wereRead(isRead: (id: number) => boolean, unread: number | null): void {
    this.#update((pages) =>
      pages.map((page) => ({
        ...page,
        notifications: page.notifications.map((known) => (isRead(known.id) ? { ...known, read: true } : known)),
      })),
    );
    const left = this.#state.away?.notices.filter(({ id }) => !isRead(id)) ?? [];
    this.#set({
      ...(unread !== null && { unread }),
      away: this.#state.away && left.length > 0 ? { ...this.#state.away, notices: left } : null,
    });
  }

  #confirm(notices: Notification[]): void {
    const ids = notices.map(({ id }) => id);
    for (let at = 0; at < ids.length; at += SEEN_AT_ONCE) {
      this.#socket.emit("notifications-seen", ids.slice(at, at + SEEN_AT_ONCE));
    }
  }

  #update(change: (pages: NotificationList[]) => NotificationList[]): void {
    const queryKey = keys.notifications;
    this.#client.setQueryData<InfiniteData<NotificationList>>(queryKey, (data) =>
      data ? { ...data, pages: change(data.pages) } : data,
    );
    // An answer that is on its way may be older than this, and must not be the last word.
    if (this.#client.isFetching({ queryKey }) > 0) void this.#client.invalidateQueries({ queryKey });
  }

  #hear = (): void => {
    this.#heardAt = Date.now();
  };

  /** A page without a connection is not here: neither one that is offline, nor one that wakes up with its laptop. */
  #noteHere = (): void => {
    if (Date.now() - this.#heardAt < HEARD_WITHIN) presence.note(serverClock.live());
  };

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

export function useUnreadOf(notifications: Notifications): number {
  return useSyncExternalStore(notifications.subscribe, () => notifications.get().unread ?? 0);
}

export function useAwayOf(notifications: Notifications): Away | null {
  return useSyncExternalStore(notifications.subscribe, () => notifications.get().away);
}

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keys } from "../api/keys";
import { createQueryClient } from "../api/query-client";
import type { Notification } from "../api/types";
import { at, makeNotification } from "../testing/builders";
import { FakeSocket } from "../testing/fake-socket";
import type { Announcement } from "./announcements";
import { Notifications } from "./notifications";
import type { WatchAnswer } from "./socket";

let socket: FakeSocket;
let notifications: Notifications;
let stop: () => void;
const announced: Announcement[] = [];
const client = createQueryClient();

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(at("09:00"));
  localStorage.clear();
  client.clear();
  announced.length = 0;
  socket = new FakeSocket();
  notifications = new Notifications(client, socket.asSocket(), (some) => announced.push(...some));
  stop = notifications.start();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

function asked() {
  const [, request, answer] = socket.sent.findLast(([event]) => event === "watch-notifications") as [
    string,
    { since: number },
    (answer: WatchAnswer) => void,
  ];
  return { request, answer };
}

const confirmed = () => socket.sent.filter(([event]) => event === "notifications-seen").flatMap(([, ids]) => ids);

function connect(pending: Notification[] = [], unread = pending.length, now = at("09:00")): void {
  notifications.connected();
  asked().answer({ ok: true, unread, newest: pending[0]?.id ?? 0, pending, now });
}

const listed = () => client.getQueryData<{ pages: { notifications: Notification[] }[] }>(keys.notifications)?.pages;

describe("what comes live", () => {
  it("is confirmed, counted, announced and put in front of the others, once", () => {
    connect();
    client.setQueryData(keys.notifications, { pages: [{ notifications: [], unread: 0 }], pageParams: [undefined] });
    const notice = makeNotification({ id: 7 });
    socket.trigger("notification", notice);
    socket.trigger("notification", notice);
    expect(confirmed()).toEqual([7]);
    expect(notifications.get().unread).toBe(1);
    expect(announced.map(({ title }) => title)).toEqual(["CI failed"]);
    expect(listed()?.[0]?.notifications).toEqual([notice]);
  });

  it("goes on after what it has when the connection is back", () => {
    connect();
    socket.trigger("notification", makeNotification({ id: 7 }));
    notifications.disconnected();
    notifications.connected();
    expect(asked().request).toEqual({ since: 7 });
  });

  it("changes in place, and is read where somebody read it", () => {
    connect();
    const notice = makeNotification({ id: 7, kind: "failing" });
    client.setQueryData(keys.notifications, {
      pages: [{ notifications: [notice], unread: 1 }],
      pageParams: [undefined],
    });
    socket.trigger("notification-changed", { ...notice, kind: "broke" });
    expect(listed()?.[0]?.notifications[0]?.kind).toBe("broke");
    socket.trigger("notifications-read", { ids: [7], unread: 0 });
    expect(listed()?.[0]?.notifications[0]?.read).toBe(true);
    expect(notifications.get().unread).toBe(0);
    expect(announced).toEqual([]);
  });

  it("is asked for again where the server could not say", () => {
    notifications.connected();
    asked().answer({ ok: false, error: "Not now.", code: "unavailable" });
    vi.advanceTimersByTime(5000);
    expect(socket.sent.filter(([event]) => event === "watch-notifications")).toHaveLength(2);
    expect(notifications.get().unread).toBeNull();
  });
});

describe("what came meanwhile", () => {
  it("is one line after a while away, confirmed at once", () => {
    localStorage.setItem("omnilens.here", String(Date.parse(at("08:23"))));
    connect([makeNotification({ id: 9 }), makeNotification({ id: 8, incident: "i2" })]);
    expect(notifications.get().away).toMatchObject({ took: 37 * 60_000, notices: [{ id: 9 }, { id: 8 }] });
    expect(confirmed()).toEqual([9, 8]);
    expect(announced).toEqual([]);
  });

  it("is told as if it came live after a moment", () => {
    localStorage.setItem("omnilens.here", String(Date.parse(at("08:59"))));
    connect([makeNotification({ id: 9 })], 1, at("08:59"));
    expect(notifications.get().away).toBeNull();
    expect(announced).toHaveLength(1);
  });

  it.each([
    ["woke up with its laptop", () => vi.setSystemTime(Date.now() + 31 * 60_000)],
    ["was offline, and looked at", () => vi.advanceTimersByTime(31 * 60_000)],
  ])("is one line too on a page that %s", (_, pass) => {
    connect([]);
    vi.advanceTimersByTime(20_000);
    socket.io.trigger("ping");
    const heard = Date.now();
    pass();
    vi.advanceTimersByTime(15_000); // which would note that somebody is here
    notifications.disconnected();
    connect([makeNotification({ id: 9 })], 1, new Date(heard + 31 * 60_000).toISOString());
    const took = notifications.get().away?.took ?? 0;
    expect(took).toBeGreaterThan(30 * 60_000);
    expect(took).toBeLessThanOrEqual(31.5 * 60_000);
  });

  it("leaves the line as it is read", () => {
    connect([makeNotification({ id: 9 }), makeNotification({ id: 8 })]);
    socket.trigger("notifications-read", { ids: [9], unread: 1 });
    expect(notifications.get().away?.notices.map(({ id }) => id)).toEqual([8]);
    socket.trigger("notifications-read", { ids: [8], unread: 0 });
    expect(notifications.get().away).toBeNull();
  });
});

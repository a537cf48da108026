import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { keys } from "../api/keys";
import type { Alert, AlertList, FigurePoint, OperationsHistory } from "../api/types";
import type { Announcement } from "./announcements";
import type { LiveSocket } from "./socket";

/** Points that a plot has: an hour of one each ten seconds. */
const KEPT = 360;
/** What is told of by a word, and has to be asked for. */
const ASKED = { flags: keys.flags, problems: keys.problems };

export type OperationsAnswer = { ok: true; server: string; alerts: Alert[] } | { ok: false; code: string };

/** The server itself, live for its operators: alerts on every page, all figures while they are looked at. */
export class Operations {
  readonly #client: QueryClient;
  readonly #socket: LiveSocket;
  readonly #announce: (announcements: Announcement[]) => void;
  readonly #listeners = new Set<() => void>();
  #lookers = 0;
  #told = false;
  /** What the server is called that this page is connected to. */
  #server: string | null = null;

  constructor(client: QueryClient, socket: LiveSocket, announce: (announcements: Announcement[]) => void) {
    this.#client = client;
    this.#socket = socket;
    this.#announce = announce;
  }

  /** Whether everything comes by itself, so that nobody has to ask. */
  told = (): boolean => this.#told;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    this.#socket.on("alert", ({ turn, alert }) => {
      void this.#client.invalidateQueries({ queryKey: keys.alerts });
      if (this.#lookers === 0) this.#announce([announcementOf(turn, alert, this.#server)]);
    });
    this.#socket.on("operations", ({ alerts, point }) => {
      this.#client.setQueryData<AlertList>(keys.alerts, (known) => known && { ...known, alerts });
      if (point)
        this.#client.setQueryData<OperationsHistory>(keys.figures, (known) => known && withPoint(known, point));
    });
    this.#socket.on("operations-changed", ({ what }) => {
      void this.#client.invalidateQueries({ queryKey: ASKED[what] });
    });
  }

  /** Who is no operator is told so, and of nothing more. */
  connected(): void {
    this.#ask();
  }

  disconnected(): void {
    this.#set(false);
  }

  /** Somebody looks at the figures, until the function that is returned is called. */
  look = (): (() => void) => {
    this.#lookers += 1;
    if (this.#lookers === 1) this.#ask();
    return () => {
      this.#lookers -= 1;
      if (this.#lookers === 0) this.#ask();
    };
  };

  #ask(): void {
    if (!this.#socket.connected) return;
    const figures = this.#lookers > 0;
    this.#socket.emit("watch-operations", { figures }, (answer) => {
      if (answer.ok) this.#server = answer.server;
      if (figures !== this.#lookers > 0) return;
      this.#set(figures && answer.ok);
      // What happened before this moment was told to nobody here.
      if (figures && answer.ok) {
        for (const queryKey of [keys.alerts, keys.figures, keys.flags, keys.problems]) {
          void this.#client.invalidateQueries({ queryKey });
        }
      }
    });
  }

  #set(told: boolean): void {
    this.#told = told;
    for (const listener of this.#listeners) listener();
  }
}

export const useToldOf = (operations: Operations): boolean =>
  useSyncExternalStore(operations.subscribe, operations.told);

const LATE = { critical: "broke", important: "waits" } as const;

/** `here` is the server that says so; another one's name is said with it. */
function announcementOf(turn: "fired" | "resolved", alert: Alert, here: string | null): Announcement {
  const { name, level, to_do, server } = alert;
  const title = server && server !== here ? `${server}: ${alert.title}` : alert.title;
  const fired = turn === "fired";
  return {
    kind: fired ? LATE[level] : "fixed",
    id: `alert ${name} ${server}`,
    title: fired ? title : `Over: ${title}`,
    detail: fired ? to_do : "The server is as it should be again, as far as this goes.",
    page: "/operations",
  };
}

/** A history that goes on with this point, unless it has it. */
export function withPoint(history: OperationsHistory, point: FigurePoint): OperationsHistory {
  if (point.at <= (history.times.at(-1) ?? 0)) return history;
  return {
    ...history,
    times: [...history.times, point.at].slice(-KEPT),
    series: history.series.map((each) => ({
      ...each,
      points: [...each.points, point.values[each.name] ?? null].slice(-KEPT),
    })),
  };
}

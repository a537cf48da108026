import { useSyncExternalStore } from "react";
import type { Polled } from "./polling";

export interface Connection {
  phase: "connecting" | "live" | "failed";
  /** When the phase began, on the server's clock. */
  since: number;
  /** Why the connection failed, in plain words. */
  cause: string;
  /** When the next attempt starts, on the browser's own clock; nothing while one is under way. */
  retryAt: number | null;
  /** When the last update arrived, on the server's clock. */
  lastUpdateAt: number | null;
  /** From the server's receipt of a delivery to its arrival here, in milliseconds. */
  latency: number | null;
  /** The server said that it is about to restart. */
  draining: boolean;
  /** Repositories of which an operator switched live updates off: they are asked about instead. */
  polled: Record<string, Polled>;
  /** Repositories whose subscription the server refused, and why. */
  refusals: Record<string, string>;
}

const INITIAL: Connection = {
  phase: "connecting",
  since: 0,
  cause: "",
  retryAt: null,
  lastUpdateAt: null,
  latency: null,
  draining: false,
  polled: {},
  refusals: {},
};

export class ConnectionState {
  #state = INITIAL;
  readonly #listeners = new Set<() => void>();

  get = (): Connection => this.#state;

  set(change: Partial<Connection>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  refuse(slug: string, reason: string | null): void {
    const { [slug]: known, ...others } = this.#state.refusals;
    if (reason !== null) this.set({ refusals: { ...others, [slug]: reason } });
    else if (known !== undefined) this.set({ refusals: others });
  }

  poll(slug: string, polled: Polled | null): void {
    const { [slug]: known, ...others } = this.#state.polled;
    if (polled !== null) this.set({ polled: { ...others, [slug]: polled } });
    else if (known !== undefined) this.set({ polled: others });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** Since when there is no live connection. Changes less often than the rest, which every update changes. */
export function useDownSince(state: ConnectionState): number | null {
  return useSyncExternalStore(state.subscribe, () => (state.get().phase === "live" ? null : state.get().since));
}

/** Likewise: whoever wants no more than that is not asked again with every update. */
export function usePhaseOf(state: ConnectionState): Connection["phase"] {
  return useSyncExternalStore(state.subscribe, () => state.get().phase);
}

export function useConnectionState(state: ConnectionState): Connection {
  return useSyncExternalStore(state.subscribe, state.get);
}

import { useSyncExternalStore } from "react";
import type { Position, Update } from "../api/types";
import {
  broken,
  extended,
  NOTHING_PROVEN,
  type Proof,
  type ShownUpdate,
  shownUpdate,
  subscribed,
  suspended,
} from "./proof";

/** Runs of a repository whose last update is remembered: more than a day shows. */
const RUNS = 2_000;

/** What is proven of each repository. It outlives a subscription, because the next one may go on exactly there. */
export class Proofs {
  readonly #proofs = new Map<string, Proof>();
  readonly #runs = new Map<string, Map<number, ShownUpdate>>();
  readonly #listeners = new Set<() => void>();

  get = (slug: string): Proof => this.#proofs.get(slug) ?? NOTHING_PROVEN;

  /** The last update of a run since the page was opened, if there was one. */
  lastOf = (slug: string, runId: number): ShownUpdate | undefined => this.#runs.get(slug)?.get(runId);

  /** These updates are shown now; with `from`, they are all there was after it, and everything else will come. */
  shown(slug: string, updates: Update[], from: Position | null, now: number): void {
    for (const update of updates) this.#note(slug, update, now);
    const before = this.get(slug);
    this.#set(slug, extended(from ? subscribed(before, from, now) : before, updates, now));
  }

  /** Nothing is claimed from now on. `canGoOn` where what was proven is still true of what is shown. */
  withdraw(slug: string, canGoOn: boolean, now: number): void {
    const before = this.get(slug);
    this.#set(slug, canGoOn ? suspended(before, now) : broken(before, now));
  }

  /** What comes again, since the connection was lost, has been here before. */
  #note(slug: string, update: Update, now: number): void {
    const runs = this.#runs.get(slug) ?? new Map<number, ShownUpdate>();
    this.#runs.set(slug, runs);
    const { id } = update.runData;
    if ((runs.get(id)?.seq ?? 0) >= update.seq) return;
    runs.delete(id);
    runs.set(id, shownUpdate(update, now));
    const [oldest] = runs.keys();
    if (runs.size > RUNS && oldest !== undefined) runs.delete(oldest);
  }

  #set(slug: string, proof: Proof): void {
    if (proof === this.get(slug)) return;
    this.#proofs.set(slug, proof);
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export function useProofOf(proofs: Proofs, slug: string): Proof {
  return useSyncExternalStore(proofs.subscribe, () => proofs.get(slug));
}

export function useLastOf(proofs: Proofs, slug: string, runId: number): ShownUpdate | undefined {
  return useSyncExternalStore(proofs.subscribe, () => proofs.lastOf(slug, runId));
}

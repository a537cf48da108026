import { useSyncExternalStore } from "react";
import type { Position, Update } from "../api/types";
import { broken, extended, NOTHING_PROVEN, type Proof, subscribed, suspended } from "./proof";

/** What is proven of each repository. It outlives a subscription, because the next one may go on exactly there. */
export class Proofs {
  readonly #proofs = new Map<string, Proof>();
  readonly #listeners = new Set<() => void>();

  get = (slug: string): Proof => this.#proofs.get(slug) ?? NOTHING_PROVEN;

  /** These updates are shown now; with `from`, they are all there was after it, and everything else will come. */
  shown(slug: string, updates: Update[], from: Position | null, now: number): void {
    const before = this.get(slug);
    this.#set(slug, extended(from ? subscribed(before, from, now) : before, updates, now));
  }

  /** Nothing is claimed from now on. `canGoOn` where what was proven is still true of what is shown. */
  withdraw(slug: string, canGoOn: boolean, now: number): void {
    const before = this.get(slug);
    this.#set(slug, canGoOn ? suspended(before, now) : broken(before, now));
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

import type { JobUpdate, Update } from "../api/types";

export const isJobUpdate = (update: Update): update is JobUpdate => "jobData" in update;

/**
 * How an update stands to a view that has everything up to `seq`. Numbers may be left out, so what makes it the next
 * one is that the view has the update it names as the one before.
 */
export function linkOf(seq: number, update: Update): "known" | "next" | "gap" {
  if (update.seq <= seq) return "known";
  return update.prev <= seq ? "next" : "gap";
}

/** Where a view that has everything up to `seq` stands after these updates; nothing if there is a gap between them. */
export function seqAfter(seq: number, updates: Update[]): number | null {
  return updates.reduce<number | null>((at, update) => {
    if (at === null || linkOf(at, update) === "gap") return null;
    return Math.max(at, update.seq);
  }, seq);
}

export type SubscribeAnswer =
  | { ok: true; slug: string; seq: number; epoch: string; updates: Update[]; reset?: false }
  | { ok: true; slug: string; seq: number; epoch: string; reset: true }
  | { ok: false; error: string; code: string; pollEvery?: number };

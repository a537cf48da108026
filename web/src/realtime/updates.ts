import type { JobUpdate, Update } from "../api/types";

export const isJobUpdate = (update: Update): update is JobUpdate => "jobData" in update;

export type SubscribeAnswer =
  | { ok: true; slug: string; seq: number; epoch: string; updates: Update[]; reset?: false }
  | { ok: true; slug: string; seq: number; epoch: string; reset: true }
  | { ok: false; error: string; code: string };

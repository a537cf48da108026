import type { Position, Update } from "../api/types";
import { instant } from "../lib/time";
import { isJobUpdate, linkOf } from "./updates";

/** Updates of a repository up to `seq` of which each names the one before it, and none is missing. */
export interface Chain extends Position {
  /** When it began: from then on this page was told everything. On the server's clock, as every time here. */
  since: number;
  /** How many updates it has. */
  updates: number;
  last: LastUpdate | null;
}

export interface LastUpdate {
  /** When it happened, by GitHub's word. */
  happenedAt: number;
  /** When the server received it. */
  receivedAt: number;
}

/** What can be said of the view of a repository: whether it is free of gaps, and since when. */
export interface Proof {
  /** What was proven, if it can go on; nothing before the first subscription and after a gap. */
  chain: Chain | null;
  /** Since when nothing is claimed; null while the chain holds, and where there never was one. */
  unprovenSince: number | null;
}

export const NOTHING_PROVEN: Proof = { chain: null, unprovenSince: null };

/** What is claimed now. */
export const provenChain = ({ chain, unprovenSince }: Proof): Chain | null => (unprovenSince === null ? chain : null);

/** The server has promised to tell everything after `from`. That continues a chain which reaches so far. */
export function subscribed({ chain }: Proof, from: Position, now: number): Proof {
  const goesOn = chain !== null && chain.epoch === from.epoch && chain.seq >= from.seq;
  return { chain: goesOn ? chain : { ...from, since: now, updates: 0, last: null }, unprovenSince: null };
}

export function extended(proof: Proof, updates: Update[], now: number): Proof {
  return updates.reduce((before, update) => withUpdate(before, update, now), proof);
}

function withUpdate(proof: Proof, update: Update, now: number): Proof {
  const { chain } = proof;
  if (!chain) return proof;
  const link = linkOf(chain.seq, update);
  if (link === "known") return proof;
  if (link === "gap") return broken(proof, now);
  return { ...proof, chain: { ...chain, seq: update.seq, updates: chain.updates + 1, last: timesOf(update) } };
}

/** Nothing can be said for now; what was proven may go on. */
export function suspended(proof: Proof, now: number): Proof {
  return proof.chain && proof.unprovenSince === null ? { ...proof, unprovenSince: now } : proof;
}

/** What was proven has ended; the next subscription begins anew. */
export function broken(proof: Proof, now: number): Proof {
  return { ...suspended(proof, now), chain: null };
}

/** An update on its way to this page. */
export interface ShownUpdate extends LastUpdate {
  seq: number;
  /** When it was on this page. */
  shownAt: number;
}

export const shownUpdate = (update: Update, shownAt: number): ShownUpdate => ({
  ...timesOf(update),
  seq: update.seq,
  shownAt,
});

/** GitHub tells whole seconds, so that is how exactly anybody can know. */
const GITHUB_TELLS = 1000;

/** How long it took, in milliseconds: from GitHub to the server at most, and from there to this page. */
export function latenciesOf({ happenedAt, receivedAt, shownAt }: ShownUpdate): { toServer: number; toPage: number } {
  return { toServer: Math.max(GITHUB_TELLS, receivedAt - happenedAt), toPage: Math.max(0, shownAt - receivedAt) };
}

function timesOf(update: Update): LastUpdate {
  // GitHub gives jobs no time of change; the server derives one where it can.
  const happened = isJobUpdate(update) ? update.jobData.updated_at : update.runData.updated_at;
  return { happenedAt: instant(happened ?? update.timestamp), receivedAt: instant(update.timestamp) };
}

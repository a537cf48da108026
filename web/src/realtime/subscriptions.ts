import type { Position, Update } from "../api/types";
import type { Polled } from "./polling";
import { linkOf, type SubscribeAnswer, seqAfter } from "./updates";

/** The part of a Socket.IO client that subscriptions need. */
export interface SubscriptionSocket {
  connected: boolean;
  subscribe(request: { slug: string; since: number; epoch: string }, answer: (answer: SubscribeAnswer) => void): void;
  unsubscribe(slug: string): void;
}

/** Where snapshots live and updates go. */
export interface SubscriptionTarget {
  positions(slug: string): Position[];
  /** Updates that just happened; with `missedFrom`, all that was missed after it, be it nothing. */
  deliver(slug: string, updates: Update[], missedFrom: Position | null): void;
  /** What is shown may lack something from now on. `canGoOn` where the next subscription can make it whole. */
  unproven(slug: string, canGoOn: boolean): void;
  discard(slug: string): void;
  refused(slug: string, reason: string | null): void;
  /** An operator switched its live updates off; nothing when they are on again, or nobody watches. */
  polled(slug: string, polled: Polled | null): void;
  /** Every subscription stands again after the connection was lost; some had to start from a fresh snapshot. */
  resumed(caughtUp: number, afresh: boolean): void;
}

interface Feed {
  watchers: number;
  release: ReturnType<typeof setTimeout> | undefined;
  /** The last update that was delivered, once subscribed. */
  last: Position | null;
  /** Counts the questions asked, so that an answer to an older one is recognised. */
  asked: number;
  waiting: boolean;
  /** Updates that arrived while the server's answer about earlier ones was still on its way. */
  held: Update[];
}

/** Moving from one page to the next should not leave and rejoin the same room. */
const LINGER = 2000;

/**
 * One subscription per repository, however many components watch it. It goes on from the oldest snapshot on display,
 * repairs gaps, and resumes after a reconnect, so that every snapshot always becomes current.
 */
export class Subscriptions {
  readonly #socket: SubscriptionSocket;
  readonly #target: SubscriptionTarget;
  readonly #feeds = new Map<string, Feed>();
  #resuming: { slugs: Set<string>; caughtUp: number; afresh: boolean } | null = null;

  constructor(socket: SubscriptionSocket, target: SubscriptionTarget) {
    this.#socket = socket;
    this.#target = target;
  }

  watch(slug: string): () => void {
    const feed = this.#feeds.get(slug) ?? this.#open(slug);
    feed.watchers += 1;
    clearTimeout(feed.release);
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      feed.watchers -= 1;
      if (feed.watchers === 0) feed.release = setTimeout(() => this.#close(slug), LINGER);
    };
  }

  #open(slug: string): Feed {
    const feed: Feed = { watchers: 0, release: undefined, last: null, asked: 0, waiting: false, held: [] };
    this.#feeds.set(slug, feed);
    this.#subscribe(slug, feed);
    return feed;
  }

  #close(slug: string): void {
    this.#feeds.delete(slug);
    this.#target.refused(slug, null);
    this.#target.polled(slug, null);
    this.#target.unproven(slug, true);
    this.#settle(slug, 0);
    if (this.#socket.connected) this.#socket.unsubscribe(slug);
  }

  /** An answer came from the server; if it is older than what was delivered since, it needs those updates again. */
  snapshotArrived(slug: string, position: Position): void {
    const feed = this.#feeds.get(slug);
    if (!feed) return;
    const { last } = feed;
    if (!last || last.epoch !== position.epoch || position.seq < last.seq) this.#subscribe(slug, feed);
  }

  connected(afterLoss: boolean): void {
    const slugs = [...this.#feeds.keys()];
    this.#resuming = afterLoss ? { slugs: new Set(slugs), caughtUp: 0, afresh: false } : null;
    if (afterLoss && slugs.length === 0) this.#finishResuming();
    for (const slug of slugs) this.#subscribe(slug, this.#feeds.get(slug) as Feed);
  }

  disconnected(): void {
    for (const [slug, feed] of this.#feeds) {
      feed.asked += 1;
      feed.waiting = false;
      feed.held = [];
      this.#target.unproven(slug, true);
    }
  }

  /** Nothing more comes of a repository, though the connection stands. */
  switchedOff(slug: string, polled: Polled): void {
    const feed = this.#feeds.get(slug);
    if (!feed) return;
    feed.asked += 1;
    feed.waiting = false;
    feed.last = null;
    feed.held = [];
    this.#target.unproven(slug, true);
    this.#target.polled(slug, polled);
  }

  /** There may be live updates of it again. */
  switchedOn(slug: string): void {
    const feed = this.#feeds.get(slug);
    if (feed) this.#subscribe(slug, feed);
  }

  receive(update: Update): void {
    const slug = update.repoSlug;
    const feed = this.#feeds.get(slug);
    if (!feed) return;
    if (feed.waiting) feed.held.push(update);
    else if (feed.last) this.#take(slug, feed, feed.last, update);
  }

  #take(slug: string, feed: Feed, last: Position, update: Update): void {
    const link = linkOf(last.seq, update);
    if (link === "known") return;
    if (link === "gap") {
      this.#target.unproven(slug, false);
      this.#subscribe(slug, feed);
      feed.held.push(update);
      return;
    }
    feed.last = { seq: update.seq, epoch: last.epoch };
    this.#target.deliver(slug, [update], null);
  }

  #subscribe(slug: string, feed: Feed): void {
    if (!this.#socket.connected) return;
    const positions = this.#target.positions(slug);
    const oldest = positions.reduce<Position | null>((a, b) => (a === null || b.seq < a.seq ? b : a), null);
    if (!oldest) return;
    if (positions.some((position) => position.epoch !== oldest.epoch)) {
      this.#reset(slug, feed);
      return;
    }
    feed.asked += 1;
    feed.waiting = true;
    this.#target.unproven(slug, true);
    const question = feed.asked;
    this.#socket.subscribe({ slug, since: oldest.seq, epoch: oldest.epoch }, (answer) => {
      if (feed.asked === question && this.#feeds.get(slug) === feed) this.#answered(slug, feed, oldest, answer);
    });
  }

  #answered(slug: string, feed: Feed, from: Position, answer: SubscribeAnswer): void {
    feed.waiting = false;
    if (!answer.ok) {
      if (answer.pollEvery) this.switchedOff(slug, { reason: answer.error, pollEvery: answer.pollEvery });
      else this.#target.refused(slug, answer.error);
      feed.held = [];
      this.#settle(slug, 0);
      return;
    }
    this.#target.refused(slug, null);
    this.#target.polled(slug, null);
    const seq = answer.reset ? null : seqAfter(from.seq, answer.updates);
    // An answer that leaves something out is not believed: only a fresh snapshot is sure to have everything.
    if (answer.reset || seq === null || seq < answer.seq) {
      this.#reset(slug, feed);
      return;
    }
    this.#target.deliver(slug, answer.updates, from);
    feed.last = { seq, epoch: answer.epoch };
    this.#settle(slug, answer.updates.length);
    const held = feed.held;
    feed.held = [];
    for (const update of held) this.receive(update);
  }

  /** The fresh snapshot's arrival subscribes again. */
  #reset(slug: string, feed: Feed): void {
    feed.asked += 1;
    feed.waiting = false;
    feed.last = null;
    feed.held = [];
    this.#target.unproven(slug, false);
    this.#target.discard(slug);
    if (this.#resuming) this.#resuming.afresh = true;
    this.#settle(slug, 0);
  }

  #settle(slug: string, caughtUp: number): void {
    if (!this.#resuming?.slugs.delete(slug)) return;
    this.#resuming.caughtUp += caughtUp;
    if (this.#resuming.slugs.size === 0) this.#finishResuming();
  }

  #finishResuming(): void {
    const { caughtUp, afresh } = this.#resuming ?? { caughtUp: 0, afresh: false };
    this.#resuming = null;
    this.#target.resumed(caughtUp, afresh);
  }
}

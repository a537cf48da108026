import type { Position, Update } from "../api/types";
import type { Polled } from "../realtime/polling";
import { Proofs } from "../realtime/proofs";
import type { SubscriptionSocket, SubscriptionTarget } from "../realtime/subscriptions";
import type { SubscribeAnswer } from "../realtime/updates";

interface Question {
  slug: string;
  since: number;
  epoch: string;
  answer: (answer: SubscribeAnswer) => void;
}

/** A socket whose server is the test itself: it sees every question and answers when it likes. */
export class FakeSubscriptionSocket implements SubscriptionSocket {
  connected = true;
  readonly questions: Question[] = [];
  readonly left: string[] = [];

  subscribe(request: { slug: string; since: number; epoch: string }, answer: Question["answer"]): void {
    this.questions.push({ ...request, answer });
  }

  unsubscribe(slug: string): void {
    this.left.push(slug);
  }

  get last(): Question {
    const question = this.questions.at(-1);
    if (!question) throw new Error("nobody has subscribed");
    return question;
  }

  /** Answers the newest question with what was missed. */
  answer(seq: number, updates: Update[] = [], epoch = "e1"): void {
    const { slug, answer } = this.last;
    answer({ ok: true, slug, seq, epoch, updates });
  }

  answerReset(seq: number, epoch: string): void {
    const { slug, answer } = this.last;
    answer({ ok: true, slug, seq, epoch, reset: true });
  }
}

/** Snapshots that remember where they stand, as the query cache does. */
export class FakeTarget implements SubscriptionTarget {
  snapshots: Position[] = [];
  readonly proofs = new Proofs();
  readonly live: number[] = [];
  /** Repositories that are asked about. */
  readonly asked: Record<string, Polled> = {};
  readonly caughtUp: number[] = [];
  readonly discarded: string[] = [];
  readonly refusals: (string | null)[] = [];
  readonly resumes: [caughtUp: number, afresh: boolean][] = [];

  positions = (): Position[] => this.snapshots;

  deliver(slug: string, updates: Update[], missedFrom: Position | null): void {
    for (const { seq } of updates) {
      (missedFrom ? this.caughtUp : this.live).push(seq);
      this.snapshots = this.snapshots.map((snapshot) => ({ ...snapshot, seq: Math.max(snapshot.seq, seq) }));
    }
    this.proofs.shown(slug, updates, missedFrom, Date.now());
  }

  unproven(slug: string, canGoOn: boolean): void {
    this.proofs.withdraw(slug, canGoOn, Date.now());
  }

  discard(slug: string): void {
    this.discarded.push(slug);
    this.snapshots = [];
  }

  polled(slug: string, polled: Polled | null): void {
    if (polled) this.asked[slug] = polled;
    else delete this.asked[slug];
  }

  refused(_slug: string, reason: string | null): void {
    this.refusals.push(reason);
  }

  resumed(caughtUp: number, afresh: boolean): void {
    this.resumes.push([caughtUp, afresh]);
  }
}

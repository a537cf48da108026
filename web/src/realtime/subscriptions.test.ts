import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeRun, runUpdate, updatesUpTo } from "../testing/builders";
import { FakeSubscriptionSocket, FakeTarget } from "../testing/fake-target";
import { provenChain } from "./proof";
import { Subscriptions } from "./subscriptions";

let socket: FakeSubscriptionSocket;
let target: FakeTarget;
let subscriptions: Subscriptions;

const update = (seq: number, prev = seq - 1) => runUpdate(makeRun(), seq, prev);

const proven = () => provenChain(target.proofs.get("api"));

/** What a page does: it watches, and then its snapshot arrives. */
function openPage(seq = 10) {
  const leave = subscriptions.watch("api");
  target.snapshots = [{ seq, epoch: "e1" }];
  subscriptions.snapshotArrived("api", { seq, epoch: "e1" });
  return leave;
}

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSubscriptionSocket();
  target = new FakeTarget();
  subscriptions = new Subscriptions(socket, target);
});
afterEach(() => vi.useRealTimers());

describe("subscribing", () => {
  it("goes on from exactly where the snapshot stands", () => {
    openPage(10);
    expect(socket.questions).toHaveLength(1);
    expect(socket.last).toMatchObject({ slug: "api", since: 10, epoch: "e1" });
  });

  it("delivers what was missed between snapshot and subscription, then what happens", () => {
    openPage(10);
    socket.answer(12, updatesUpTo(12, 11));
    subscriptions.receive(update(13));
    expect([target.caughtUp, target.live]).toEqual([[11, 12], [13]]);
  });

  it("happens once however many components watch, also when React mounts everything twice", () => {
    const unmount = subscriptions.watch("api");
    unmount();
    subscriptions.watch("api");
    openPage();
    socket.answer(10);
    subscriptions.watch("api");
    vi.advanceTimersByTime(60_000);
    expect(socket.questions).toHaveLength(1);
    expect(socket.left).toEqual([]);
  });

  it("ends a little after the last watcher has gone, and only once", () => {
    const leave = openPage();
    socket.answer(10);
    leave();
    leave();
    expect(socket.left).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(socket.left).toEqual(["api"]);
    subscriptions.receive(update(11));
    expect(target.live).toEqual([]);
  });

  it("goes on with its proof when somebody watches again, from where the snapshot was left", () => {
    openPage()();
    socket.answer(10);
    const before = proven();
    vi.advanceTimersByTime(2000);
    expect(proven()).toBeNull();
    subscriptions.watch("api");
    socket.answer(12, updatesUpTo(12, 11));
    expect(proven()).toMatchObject({ since: before?.since, updates: 2 });
  });

  it("proves nothing where it is refused", () => {
    openPage();
    socket.answer(10);
    subscriptions.connected(true);
    socket.last.answer({ ok: false, error: "Too many connections.", code: "too-many" });
    expect(proven()).toBeNull();
  });

  it("survives going from one page to the next", () => {
    const leave = openPage();
    socket.answer(10);
    leave();
    vi.advanceTimersByTime(500);
    subscriptions.watch("api");
    vi.advanceTimersByTime(60_000);
    expect([socket.questions.length, socket.left.length]).toEqual([1, 0]);
  });

  it("waits for the connection", () => {
    socket.connected = false;
    openPage();
    expect(socket.questions).toEqual([]);
    socket.connected = true;
    subscriptions.connected(false);
    expect(socket.last).toMatchObject({ since: 10 });
  });

  it("tells a refusal", () => {
    openPage();
    socket.last.answer({ ok: false, error: "Too many connections.", code: "too-many" });
    expect(target.refusals).toEqual(["Too many connections."]);
  });
});

describe("live updates", () => {
  beforeEach(() => {
    openPage(10);
    socket.answer(10);
  });

  it("are taken once", () => {
    for (const seq of [11, 11, 10, 12]) subscriptions.receive(update(seq));
    expect(target.live).toEqual([11, 12]);
  });

  it("need not be numbered without holes, as long as each says what came before it", () => {
    subscriptions.receive(update(14, 10));
    expect(target.live).toEqual([14]);
    expect(socket.questions).toHaveLength(1);
  });

  it("of other repositories are nobody's business", () => {
    subscriptions.receive({ ...update(11), repoSlug: "web" });
    expect(target.live).toEqual([]);
  });

  it("repair a gap: what is missing is asked for, and nothing is delivered out of order", () => {
    subscriptions.receive(update(11));
    subscriptions.receive(update(14));
    subscriptions.receive(update(15));
    expect(target.live).toEqual([11]);
    expect(socket.last).toMatchObject({ since: 11 });
    socket.answer(14, updatesUpTo(14, 12));
    expect([target.caughtUp, target.live]).toEqual([
      [12, 13, 14],
      [11, 15],
    ]);
  });

  it("begin a new proof after a gap, and prove nothing until it is closed", () => {
    const { since } = proven() ?? {};
    vi.advanceTimersByTime(5000);
    subscriptions.receive(update(14));
    expect(proven()).toBeNull();
    vi.advanceTimersByTime(100);
    socket.answer(14, updatesUpTo(14, 11));
    expect(proven()).toMatchObject({ since: (since as number) + 5100, seq: 14, updates: 4 });
  });

  it("ask again when the answer does not close the gap", () => {
    subscriptions.receive(update(14));
    socket.answer(12, updatesUpTo(12, 11));
    expect(socket.questions).toHaveLength(3);
    expect(socket.last).toMatchObject({ since: 12 });
    socket.answer(14, updatesUpTo(14, 13));
    expect(target.caughtUp).toEqual([11, 12, 13, 14]);
    expect(target.live).toEqual([]);
  });
});

describe("an answer that leaves something out", () => {
  it.each([
    ["between its updates", 13, [update(11), update(13)]],
    ["before them", 13, [update(12), update(13)]],
    ["after them", 13, [update(11)]],
    ["by having none", 13, []],
  ])("%s is not believed: a fresh snapshot is fetched", (_, seq, updates) => {
    openPage(10);
    socket.answer(seq, updates);
    expect([target.caughtUp, target.discarded, proven()]).toEqual([[], ["api"], null]);
    target.snapshots = [{ seq: 13, epoch: "e1" }];
    subscriptions.snapshotArrived("api", { seq: 13, epoch: "e1" });
    socket.answer(13);
    expect(proven()).toMatchObject({ seq: 13, updates: 0 });
  });
});

describe("a second snapshot", () => {
  beforeEach(() => {
    openPage(10);
    socket.answer(10);
    subscriptions.receive(update(11));
  });

  it("that is older than what was delivered gets what it missed", () => {
    target.snapshots.push({ seq: 9, epoch: "e1" });
    subscriptions.snapshotArrived("api", { seq: 9, epoch: "e1" });
    expect(socket.last).toMatchObject({ since: 9 });
  });

  it("that is current or newer needs nothing", () => {
    target.snapshots.push({ seq: 11, epoch: "e1" });
    subscriptions.snapshotArrived("api", { seq: 11, epoch: "e1" });
    expect(socket.questions).toHaveLength(1);
  });

  it("of another history makes everything else be fetched anew", () => {
    target.snapshots.push({ seq: 3, epoch: "e2" });
    subscriptions.snapshotArrived("api", { seq: 3, epoch: "e2" });
    expect(target.discarded).toEqual(["api"]);
  });
});

describe("after the connection was lost", () => {
  beforeEach(() => {
    openPage(10);
    socket.answer(10);
    subscriptions.receive(update(11));
    socket.connected = false;
    subscriptions.disconnected();
    socket.connected = true;
    subscriptions.connected(true);
  });

  it("goes on from the last update and says how much was caught up", () => {
    expect(socket.last).toMatchObject({ since: 11, epoch: "e1" });
    expect(target.resumes).toEqual([]);
    socket.answer(14, updatesUpTo(14, 12));
    expect(target.caughtUp).toEqual([12, 13, 14]);
    expect(target.resumes).toEqual([[3, false]]);
  });

  it("throws the snapshot away where the server no longer knows, and subscribes from a fresh one", () => {
    socket.answerReset(4, "e2");
    expect(target.discarded).toEqual(["api"]);
    expect(target.resumes).toEqual([[0, true]]);
    subscriptions.receive(update(5));
    expect(target.live).toEqual([11]);
    target.snapshots = [{ seq: 5, epoch: "e2" }];
    subscriptions.snapshotArrived("api", { seq: 5, epoch: "e2" });
    expect(socket.last).toMatchObject({ since: 5, epoch: "e2" });
    socket.answer(5, [], "e2");
    subscriptions.receive(update(6));
    expect(target.live).toEqual([11, 6]);
  });

  it("has proven nothing until the server has told what was missed, and then goes on", () => {
    const begun = Date.now();
    expect(proven()).toBeNull();
    vi.advanceTimersByTime(5000);
    socket.answer(14, updatesUpTo(14, 12));
    expect(proven()).toMatchObject({ since: begun, seq: 14, updates: 4 });
  });

  it("begins a new proof from a fresh snapshot", () => {
    vi.advanceTimersByTime(5000);
    socket.answerReset(4, "e2");
    expect(proven()).toBeNull();
    target.snapshots = [{ seq: 5, epoch: "e2" }];
    subscriptions.snapshotArrived("api", { seq: 5, epoch: "e2" });
    socket.answer(5, [], "e2");
    expect(proven()).toMatchObject({ since: Date.now(), seq: 5, epoch: "e2", updates: 0 });
  });

  it("does not listen to answers from before", () => {
    const [, stale] = socket.questions;
    subscriptions.disconnected();
    stale?.answer({ ok: true, slug: "api", seq: 99, epoch: "e1", updates: updatesUpTo(99, 12) });
    expect(target.caughtUp).toEqual([]);
  });

  it("resumes every repository before it says so", () => {
    subscriptions.disconnected();
    subscriptions.watch("web");
    const before = socket.questions.length;
    subscriptions.connected(true);
    const [first, second] = socket.questions.slice(before);
    first?.answer({ ok: true, slug: "api", seq: 12, epoch: "e1", updates: updatesUpTo(12, 12) });
    expect(target.resumes).toEqual([]);
    second?.answer({ ok: true, slug: "web", seq: 11, epoch: "e1", updates: [] });
    expect(target.resumes).toEqual([[1, false]]);
  });
});

describe("live updates that an operator switched off", () => {
  const REFUSAL = { ok: false, error: "It is slow.", code: "realtime-disabled", pollEvery: 10 } as const;

  it("are asked for instead, from the start or while somebody watches", () => {
    openPage(10);
    socket.last.answer(REFUSAL);
    expect(target.asked).toEqual({ api: { reason: "It is slow.", pollEvery: 10 } });
    subscriptions.switchedOn("api");
    socket.answer(10);
    expect(target.asked).toEqual({});
    subscriptions.switchedOff("api", { reason: "It is slow.", pollEvery: 10 });
    expect(target.asked).toHaveProperty("api");
    expect(proven()).toBeNull();
  });

  it("apply nothing that was on its way, and go on from the newest snapshot", () => {
    openPage(10);
    socket.answer(10);
    subscriptions.switchedOff("api", { reason: "It is slow.", pollEvery: 10 });
    subscriptions.receive(update(11));
    expect(target.live).toEqual([]);
    target.snapshots = [{ seq: 14, epoch: "e1" }];
    subscriptions.switchedOn("api");
    expect(socket.last).toMatchObject({ slug: "api", since: 14 });
    socket.answer(15, updatesUpTo(15, 15));
    expect(target.caughtUp).toEqual([15]);
  });

  it("are asked for no longer when nobody watches", () => {
    const leave = openPage(10);
    socket.last.answer(REFUSAL);
    leave();
    vi.advanceTimersByTime(2000);
    expect(target.asked).toEqual({});
    expect(socket.left).toEqual(["api"]);
  });
});

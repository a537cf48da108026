import { QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { keys } from "../api/keys";
import { createQueryClient } from "../api/query-client";
import type { GitHubStatus, RepositoryList, RunAnswer, RunList } from "../api/types";
import { makeAnswer, makeList, makeRun, passedRun, runUpdate } from "../testing/builders";
import { FakeSocket } from "../testing/fake-socket";
import { provenChain } from "./proof";
import { Realtime } from "./realtime";
import type { SubscribeAnswer } from "./updates";

const SUBSCRIBED = { ok: true, slug: "api", epoch: "e1" } as const;

let socket: FakeSocket;
let realtime: Realtime;
const client = createQueryClient();
const LIST = keys.runs("api", "2026-11-22", "UTC");
const RUN = keys.run("api", 1);

/** What the newest subscription asked for, and the server's part in it. */
function asked() {
  const [, request, answer] = socket.sent.findLast(([event]) => event === "subscribe-repo") as [
    string,
    { since: number },
    (answer: SubscribeAnswer) => void,
  ];
  return { request, answer };
}

/** An answer to a question that was asked a moment ago. */
async function snapshot(queryKey: readonly unknown[], answer: RunList | RunAnswer) {
  await client.fetchQuery({ queryKey, queryFn: async () => answer });
}

beforeEach(() => {
  vi.useFakeTimers();
  client.clear();
  socket = new FakeSocket();
  realtime = new Realtime(client, socket.asSocket(), () => {});
  realtime.start();
  realtime.subscriptions.watch("api");
});
afterEach(() => vi.useRealTimers());

it("gives a late answer every update it lacks, also while some wait to be shown together", async () => {
  await snapshot(LIST, makeList([makeRun()]));
  socket.open();
  asked().answer({ ...SUBSCRIBED, seq: 0, updates: [] });
  const first = runUpdate(passedRun({ display_title: "the one it lacks" }), 1);
  const second = runUpdate(makeRun({ id: 2 }), 2);
  socket.trigger("workflow-update", first);
  socket.trigger("workflow-update", second); // waits in the batch
  await snapshot(RUN, makeAnswer(makeRun()));
  expect(asked().request.since).toBe(0);
  asked().answer({ ...SUBSCRIBED, seq: 2, updates: [first, second] });
  vi.advanceTimersByTime(50);
  expect(client.getQueryData<RunAnswer>(RUN)?.run.display_title).toBe("the one it lacks");
  expect(client.getQueryData<RunList>(LIST)?.seq).toBe(2);
});

it("proves of a view only what it shows", async () => {
  const proven = () => provenChain(realtime.proofs.get("api"));
  await snapshot(LIST, makeList([makeRun()]));
  socket.open();
  expect(proven()).toBeNull();
  asked().answer({ ...SUBSCRIBED, seq: 0, updates: [] });
  socket.trigger("workflow-update", runUpdate(makeRun(), 1));
  socket.trigger("workflow-update", runUpdate(makeRun(), 2)); // waits in the batch
  expect(proven()?.seq).toBe(1);
  vi.advanceTimersByTime(50);
  expect(proven()?.seq).toBe(2);
});

it("claims nothing once the operator has switched live updates off", async () => {
  await snapshot(LIST, makeList([makeRun()]));
  socket.open();
  asked().answer({ ...SUBSCRIBED, seq: 0, updates: [] });
  socket.trigger("realtime-disabled", { slug: "api", reason: "Maintenance.", pollEvery: 10 });
  expect(provenChain(realtime.proofs.get("api"))).toBeNull();
});

it("asks every ten seconds where an operator switched live updates off, but not where the connection failed", async () => {
  const answers = vi.fn(async () => makeList([makeRun()]));
  const observer = new QueryObserver(client, { queryKey: LIST, queryFn: answers, staleTime: Number.POSITIVE_INFINITY });
  const leave = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(0);
  socket.open();
  asked().answer({ ...SUBSCRIBED, seq: 0, updates: [] });
  socket.trigger("realtime-disabled", { slug: "api", reason: "It is slow.", pollEvery: 10 });
  expect(realtime.state.get().polled).toEqual({ api: { reason: "It is slow.", pollEvery: 10 } });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(answers).toHaveBeenCalledTimes(4);
  socket.trigger("realtime-enabled", { slug: "api" });
  asked().answer({ ...SUBSCRIBED, seq: 0, updates: [] });
  expect(realtime.state.get().polled).toEqual({});
  socket.trigger("realtime-disabled", { slug: "api", reason: "It is slow.", pollEvery: 10 });
  socket.lose("transport close");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(answers).toHaveBeenCalledTimes(4);
  leave();
});

/** An answer that comes when the test says so, as often as it is asked for. */
function answered<T>(queryKey: readonly unknown[]) {
  const under = { way: [] as ((answer: T) => void)[] };
  const ask = () => new Promise<T>((resolve) => under.way.push(resolve));
  const observer = new QueryObserver(client, { queryKey, queryFn: ask, staleTime: Number.POSITIVE_INFINITY });
  onTestFinished(observer.subscribe(() => {}));
  return {
    asked: () => under.way.length,
    answer: async (answer: T) => {
      under.way.at(-1)?.(answer);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const WELL: GitHubStatus = { outage: null };
const DOWN: GitHubStatus = {
  outage: {
    id: "x-major",
    level: "major",
    says: "Actions is down",
    incident: null,
    since: null,
    url: "https://status",
  },
};

it("does not believe an answer about GitHub that was on its way when the server told of a change", async () => {
  const status = answered<GitHubStatus>(keys.githubStatus);
  socket.trigger("github-status", DOWN);
  await status.answer(WELL);
  expect(client.getQueryData(keys.githubStatus)).toEqual(DOWN);
});

it("asks once more for what may have changed before anybody listened", async () => {
  const status = answered<GitHubStatus>(keys.githubStatus);
  const repos = answered<RepositoryList>(keys.repos("2026-11-22", "UTC"));
  await status.answer(WELL); // was answered before the connection stood, and the other one is still on its way
  socket.open();
  await vi.advanceTimersByTimeAsync(0);
  expect([status.asked(), repos.asked()]).toEqual([2, 1]);
  await repos.answer({ repos: [] } as unknown as RepositoryList);
  expect(repos.asked()).toBe(2);
  await status.answer(DOWN);
  expect(client.getQueryData(keys.githubStatus)).toEqual(DOWN);
});

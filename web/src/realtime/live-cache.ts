import type { Query, QueryClient } from "@tanstack/react-query";
import { keys, slugOfLiveKey } from "../api/keys";
import type { Position, RunAnswer, RunDetail, RunList, Update } from "../api/types";
import { applyToRun, applyToRunList } from "./apply-update";

type LiveAnswer = RunList | RunAnswer;

const isRunList = (answer: LiveAnswer): answer is RunList => "runs" in answer;

/** The answers in the query cache that subscriptions keep up to date. */
export class LiveCache {
  readonly #client: QueryClient;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  positions(slug: string): Position[] {
    return this.#answers(slug).map(([, { seq, epoch }]) => ({ seq, epoch }));
  }

  apply(slug: string, updates: Update[]): void {
    for (const [query, answer] of this.#answers(slug)) {
      const next = updates.reduce<LiveAnswer>(
        (before, update) => (isRunList(before) ? applyToRunList(before, update) : applyToRun(before, update)),
        answer,
      );
      if (next !== answer) this.#client.setQueryData(query.queryKey, next);
    }
  }

  /** What is known of a run and of the others of its workflow, from whichever list knows it best. */
  runs(slug: string): RunDetail[] {
    const lists = this.#answers(slug).map(([, answer]) => (isRunList(answer) ? answer.runs : []));
    return lists.reduce((longest, runs) => (runs.length > longest.length ? runs : longest), []);
  }

  repositoryName(slug: string): string | undefined {
    return this.#answers(slug)[0]?.[1].repo.full_name;
  }

  /** The server no longer knows what we missed: everything on display is fetched anew, the rest is forgotten. */
  discard(slug: string): void {
    const queryKey = keys.live(slug);
    this.#client.removeQueries({ queryKey, type: "inactive" });
    void this.#client.refetchQueries({ queryKey, type: "active" });
  }

  /** Ask again for what could not be had while the server was away. */
  retryFailed(): void {
    void this.#client.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
  }

  /** Tells when an answer arrived from the server (and not when an update changed it). */
  onSnapshot(listener: (slug: string, position: Position) => void): () => void {
    return this.#client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "success" || event.action.manual) return;
      const slug = slugOfLiveKey(event.query.queryKey);
      const answer = event.query.state.data as LiveAnswer | undefined;
      if (slug && answer) listener(slug, { seq: answer.seq, epoch: answer.epoch });
    });
  }

  #answers(slug: string): [Query, LiveAnswer][] {
    // An answer that is being fetched is about to be replaced, and reports its new position itself.
    const queries = this.#client.getQueryCache().findAll({ queryKey: keys.live(slug), fetchStatus: "idle" });
    return queries.flatMap((query): [Query, LiveAnswer][] =>
      query.state.data ? [[query, query.state.data as LiveAnswer]] : [],
    );
  }
}

import type { Query, QueryClient } from "@tanstack/react-query";
import { dayOfList, keys, slugOfLiveKey } from "../api/keys";
import type { HistoryProgress, Position, Rewind, RunAnswer, RunList, Update } from "../api/types";
import { applyToRun, applyToRunList } from "./apply-update";
import { applyProgress, isOutdatedBy, mayOutdate } from "./history-progress";
import { recordedFurther } from "./recording";

type LiveAnswer = RunList | RunAnswer | Rewind;

const isRewind = (answer: LiveAnswer): answer is Rewind => "updates" in answer;
const isRunList = (answer: LiveAnswer): answer is RunList => "runs" in answer && !isRewind(answer);

function applied(answer: LiveAnswer, updates: Update[]): LiveAnswer {
  if (isRewind(answer)) return recordedFurther(answer, updates);
  if (isRunList(answer)) return updates.reduce(applyToRunList, answer);
  return updates.reduce(applyToRun, answer);
}

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
      const next = applied(answer, updates);
      if (next !== answer) this.#client.setQueryData(query.queryKey, next);
    }
  }

  /** A past day is on its way; when it is here, what shows something of it is fetched again. */
  progress(told: HistoryProgress): void {
    for (const query of this.#client.getQueryCache().findAll({ queryKey: keys.lists(told.repoSlug) })) {
      const list = query.state.data as RunList | undefined;
      const isComing = query.state.fetchStatus === "fetching";
      // An answer that is on its way may have been given before, and would not be told of it again.
      if (list ? isOutdatedBy(list, told) : isComing && mayOutdate(dayOfList(query.queryKey), told)) {
        this.#refetch(query);
      } else if (list && !isComing && told.state === "fetching" && applyProgress(list, told) !== list) {
        this.#client.setQueryData(query.queryKey, applyProgress(list, told));
      }
    }
    if (told.state === "fetching") return;
    // Whoever looks at how much of the past is here sees it grow, day by day; and days are compared with it.
    void this.#client.invalidateQueries({ queryKey: keys.github });
    void this.#client.invalidateQueries({ queryKey: keys.allWorkflows(told.repoSlug) });
    void this.#client.invalidateQueries({ queryKey: keys.allReports(told.repoSlug) });
  }

  /** What was said of days on their way before anybody listened is not repeated, so they are asked for once more. */
  lookAgain(slug: string): void {
    for (const [query, answer] of this.#answers(slug)) {
      if (isRunList(answer) && answer.history?.state === "fetching") this.#refetch(query);
    }
  }

  /** The server no longer knows what we missed: everything on display is fetched anew, the rest is forgotten. */
  discard(slug: string): void {
    const queryKey = keys.live(slug);
    this.#client.removeQueries({ queryKey, type: "inactive" });
    void this.#client.refetchQueries({ queryKey, type: "active" });
  }

  /** There are no live updates of a repository: its answers are fetched again, and the numbers of all. */
  askAgain(slug: string): void {
    for (const queryKey of [keys.live(slug), keys.claims(slug), keys.allRepos]) {
      void this.#client.invalidateQueries({ queryKey });
    }
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

  /** What is not on display is asked for when it is. */
  #refetch({ queryKey }: Query): void {
    void this.#client.invalidateQueries({ queryKey, exact: true });
  }

  #answers(slug: string): [Query, LiveAnswer][] {
    // An answer that is being fetched is about to be replaced, and reports its new position itself.
    const queries = this.#client.getQueryCache().findAll({ queryKey: keys.live(slug), fetchStatus: "idle" });
    return queries.flatMap((query): [Query, LiveAnswer][] =>
      query.state.data ? [[query, query.state.data as LiveAnswer]] : [],
    );
  }
}

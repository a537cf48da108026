import type { QueryClient, QueryFilters } from "@tanstack/react-query";
import { keys } from "../api/keys";
import { becomeNobody } from "../api/query-client";
import type { GitHubStatus, HistoryProgress, KeptMarks, Position, Update } from "../api/types";
import { serverClock } from "../lib/server-clock";
import { instant } from "../lib/time";
import { type Announcement, resumedAnnouncement } from "./announcements";
import { Batch } from "./batch";
import { applyClaim } from "./claims";
import { Connection } from "./connection";
import { ConnectionState, type Connection as Standing } from "./connection-state";
import { LiveCache } from "./live-cache";
import { Notifications } from "./notifications";
import { Operations } from "./operations";
import { type Polled, Polling } from "./polling";
import { Proofs } from "./proofs";
import type { LiveSocket } from "./socket";
import { Subscriptions } from "./subscriptions";
import { Witness } from "./witness";

const FRAME = 50;
/** A slower arrival than this says more about a clock or a sleeping tab than about the network. */
const PLAUSIBLE_LATENCY = 60_000;

interface Delivery {
  slug: string;
  updates: Update[];
  missedFrom: Position | null;
}

/** Wires the live channel: socket → subscriptions → cache, and what it says about itself to the reader. */
export class Realtime {
  readonly state = new ConnectionState();
  readonly proofs = new Proofs();
  readonly connection: Connection;
  readonly subscriptions: Subscriptions;
  readonly notifications: Notifications;
  readonly operations: Operations;
  readonly #client: QueryClient;
  readonly #socket: LiveSocket;
  readonly #cache: LiveCache;
  readonly #witness: Witness;
  readonly #polling = new Polling((slug) => this.#cache.askAgain(slug));
  readonly #announce: (announcements: Announcement[]) => void;
  /** Of the last update, as long as it is not drawn. */
  #arrival: Pick<Standing, "lastUpdateAt" | "latency"> | null = null;
  readonly #deliveries = new Batch<Delivery>(FRAME, (batch) => this.#apply(batch));

  constructor(client: QueryClient, socket: LiveSocket, announce: (announcements: Announcement[]) => void) {
    this.#client = client;
    this.#socket = socket;
    this.#cache = new LiveCache(client);
    this.#witness = new Witness(socket);
    this.#announce = announce;
    this.notifications = new Notifications(client, socket, announce);
    this.operations = new Operations(client, socket, announce);
    this.subscriptions = new Subscriptions(
      {
        get connected() {
          return socket.connected;
        },
        subscribe: (request, answer) => socket.emit("subscribe-repo", request, answer),
        unsubscribe: (slug) => socket.emit("unsubscribe-repo", slug),
      },
      {
        positions: (slug) => {
          this.#deliveries.flush();
          return this.#cache.positions(slug);
        },
        deliver: (slug, updates, missedFrom) => this.#deliver({ slug, updates, missedFrom }),
        unproven: (slug, canGoOn) => this.proofs.withdraw(slug, canGoOn, serverClock.live()),
        discard: (slug) => this.#cache.discard(slug),
        refused: (slug, reason) => this.state.refuse(slug, reason),
        polled: (slug, polled) => this.#poll(slug, polled),
        resumed: (caughtUp, afresh) => this.#announce([resumedAnnouncement(caughtUp, afresh)]),
      },
    );
    this.connection = new Connection(socket, this.state, serverClock, {
      connected: (afterLoss) => this.#connected(afterLoss),
      disconnected: () => {
        // What has failed is shown as failed; asking is no way around that.
        this.#polling.stopAll();
        this.state.set({ polled: {} });
        this.subscriptions.disconnected();
        this.notifications.disconnected();
        this.operations.disconnected();
        this.#witness.disconnected();
      },
      nobody: () => becomeNobody(client),
      serverAnswers: () =>
        fetch("/healthz", { cache: "no-store" }).then(
          (answer) => answer.ok,
          () => false,
        ),
    });
  }

  start(): () => void {
    this.#socket.on("workflow-update", this.#receive);
    this.#socket.on("job-update", this.#receive);
    this.#socket.on("history-progress", (told: HistoryProgress) => this.#cache.progress(told));
    this.#socket.on("claim-changed", (told) => applyClaim(this.#client, told));
    this.#socket.on("github-status", (status) => void this.#githubIs(status));
    this.#socket.on("access-revoked", ({ slug }) => this.#withdraw(slug));
    this.#socket.on("repos-changed", () => {
      for (const queryKey of [keys.allRepos, keys.suggestions]) void this.#client.invalidateQueries({ queryKey });
    });
    this.#socket.on("marks-changed", (about) => this.#marked(about));
    this.#socket.on("realtime-disabled", ({ slug, ...polled }) => this.subscriptions.switchedOff(slug, polled));
    this.#socket.on("realtime-enabled", ({ slug }) => this.subscriptions.switchedOn(slug));
    const forget = this.#cache.onSnapshot((slug, position) => this.subscriptions.snapshotArrived(slug, position));
    this.operations.start();
    const rest = this.notifications.start();
    const stop = this.connection.start();
    return () => {
      this.#polling.stopAll();
      forget();
      rest();
      stop();
    };
  }

  #connected(afterLoss: boolean): void {
    if (afterLoss) {
      this.#cache.retryFailed();
      void this.#client.refetchQueries({ queryKey: keys.allMarks, type: "active" });
    }
    for (const queryKey of [keys.allRepos, keys.githubStatus]) void this.#askAfresh({ queryKey, type: "active" });
    this.notifications.connected();
    this.operations.connected();
    this.#witness.connected();
    this.subscriptions.connected(afterLoss);
  }

  /** A change is told to whoever is connected then. An answer from before may lack one, also if it is still to come. */
  async #askAfresh(asked: QueryFilters): Promise<void> {
    await this.#client.refetchQueries({ ...asked, fetchStatus: "fetching" }, { cancelRefetch: false });
    await this.#client.refetchQueries(asked);
  }

  /** How GitHub is by now; what is on its way was said before. */
  async #githubIs(status: GitHubStatus): Promise<void> {
    await this.#client.cancelQueries({ queryKey: keys.githubStatus });
    this.#client.setQueryData(keys.githubStatus, status);
  }

  /** Who may not see a repository any more sees nothing of it any more, also of what was on display. */
  #withdraw(slug: string): void {
    this.#client.removeQueries({ queryKey: keys.live(slug), type: "inactive" });
    for (const queryKey of [keys.live(slug), keys.claims(slug)]) void this.#client.resetQueries({ queryKey });
    void this.#client.invalidateQueries({ queryKey: keys.allRepos });
  }

  /** Another page of the same user was faster; what this page has marked itself it knows already. */
  #marked({ slug, version }: { slug: string; version: number }): void {
    const queryKey = keys.marks(slug);
    const known = this.#client.getQueryData<KeptMarks>(queryKey);
    if (known && known.version < version) void this.#client.invalidateQueries({ queryKey });
  }

  #poll(slug: string, polled: Polled | null): void {
    this.state.poll(slug, polled);
    if (polled) this.#polling.start(slug, polled.pollEvery);
    else this.#polling.stop(slug);
  }

  #receive = (update: Update): void => {
    const arrivedAt = Date.now();
    const sentAt = instant(update.timestamp);
    serverClock.observeUpdate(sentAt, arrivedAt);
    const took = arrivedAt - sentAt;
    const latency = serverClock.agrees && took >= 0 && took < PLAUSIBLE_LATENCY ? took : null;
    this.#arrival = { lastUpdateAt: serverClock.live(), latency };
    this.subscriptions.receive(update);
  };

  #deliver(delivery: Delivery): void {
    if (delivery.updates.length > 0) this.#deliveries.add(delivery);
    // That nothing was missed takes no turn in the batch, where it would make the next update wait.
    else this.#apply([delivery]);
  }

  /** All that a batch changes is drawn at once. */
  #apply(batch: Delivery[]): void {
    if (this.#arrival) this.state.set(this.#arrival);
    this.#arrival = null;
    const bySlug = new Map<string, Update[]>();
    for (const { slug, updates } of batch) bySlug.set(slug, [...(bySlug.get(slug) ?? []), ...updates]);
    for (const [slug, updates] of bySlug) this.#cache.apply(slug, updates);
    const now = serverClock.live();
    for (const { slug, updates, missedFrom } of batch) {
      this.proofs.shown(slug, updates, missedFrom, now);
      if (!missedFrom) {
        const newest = updates.at(-1);
        if (newest) this.#witness.drawn(newest.seq);
        continue;
      }
      this.#cache.lookAgain(slug);
      void this.#client.invalidateQueries({ queryKey: keys.claims(slug) });
    }
  }
}

import type { ServerClock } from "../lib/server-clock";
import type { ConnectionState } from "./connection-state";
import { type LiveSocket, onRetryDelay } from "./socket";

const FIRST_CONNECTION_LIMIT = 5000;
/** Socket.IO leaves it to us to come back when the server itself said goodbye. */
const AFTER_GOODBYE = 1500;

/** The server's own word for ending a connection that watches nothing: no failure, and the next one is on its way. */
const IDLE = "idle timeout";

const NOT_LOGGED_IN = "not-logged-in";

/** By the reason in the server's close frame, or else by the client's word for how it ended. */
const CAUSES: Record<string, string> = {
  "slow consumer": "This device read too slowly, so the server cut it off. What it missed comes when it is back.",
  "too many messages": "This page sent too much, so the server cut it off.",
  "transport close": "The server closed the connection or went away.",
  "transport error": "The connection broke.",
  "ping timeout": "The server has stopped answering.",
  "parse error": "The server sent something unreadable.",
  "session ended": "You were logged out.",
  "io server disconnect": "The server ended the connection.",
  "io client disconnect": "The connection was closed to start anew.",
};
const OFFLINE = "This device is offline.";
const UNREACHABLE = "The server cannot be reached.";
const NOT_LET_THROUGH =
  "The server answers, but live connections do not get through: too many attempts, or a proxy that does not pass WebSockets.";

interface Hooks {
  connected(afterLoss: boolean): void;
  disconnected(): void;
  /** The server does not know who we are any more. */
  nobody(): void;
  /** Whether the server answers plain requests. */
  serverAnswers(): Promise<boolean>;
}

/** Keeps the one socket connected and says truthfully how it is doing. */
export class Connection {
  readonly #socket: LiveSocket;
  readonly #state: ConnectionState;
  readonly #clock: ServerClock;
  readonly #hooks: Hooks;
  #wasConnected = false;
  #comeBack: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: LiveSocket, state: ConnectionState, clock: ServerClock, hooks: Hooks) {
    this.#socket = socket;
    this.#state = state;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  start(): () => void {
    const socket = this.#socket;
    this.#state.set({ phase: "connecting", since: this.#clock.live() });
    socket.on("connect", this.#onConnect);
    socket.on("disconnect", this.#onDisconnect);
    socket.on("connect_error", this.#onConnectError);
    socket.on("server-draining", this.#onDraining);
    socket.io.on("reconnect_attempt", this.#onAttempt);
    onRetryDelay(socket, (ms) => this.#state.set({ retryAt: Date.now() + ms }));
    window.addEventListener("offline", this.#onOffline);
    window.addEventListener("online", this.#onOnline);
    const limit = setTimeout(() => {
      if (this.#state.get().phase === "connecting") this.#fail("The server has not answered for 5 seconds.");
    }, FIRST_CONNECTION_LIMIT);
    socket.connect();
    return () => {
      clearTimeout(limit);
      clearTimeout(this.#comeBack);
      window.removeEventListener("offline", this.#onOffline);
      window.removeEventListener("online", this.#onOnline);
      socket.io.off("reconnect_attempt", this.#onAttempt);
      socket.off();
      socket.disconnect();
    };
  }

  retryNow = (): void => {
    clearTimeout(this.#comeBack);
    this.#state.set({ retryAt: null });
    this.#socket.disconnect().connect();
  };

  #onConnect = (): void => {
    const afterLoss = this.#wasConnected || this.#state.get().phase === "failed";
    this.#wasConnected = true;
    this.#clock.thaw();
    this.#state.set({ phase: "live", since: this.#clock.live(), cause: "", retryAt: null, draining: false });
    this.#hooks.connected(afterLoss);
  };

  #onDisconnect = (reason: string, details?: unknown): void => {
    this.#hooks.disconnected();
    const word = closeReason(details) || reason;
    if (word === IDLE) {
      this.#state.set({ phase: "connecting", since: this.#clock.live() });
      return;
    }
    this.#fail(navigator.onLine ? (CAUSES[word] ?? `The connection was lost (${word}).`) : OFFLINE);
    if (reason === "io server disconnect") this.#connectLater();
  };

  #onConnectError = (error: Error): void => {
    // The transport's own words mean nothing to a reader; a refusal by the server does.
    const refused = !this.#socket.active;
    if (codeOf(error) === NOT_LOGGED_IN) {
      this.#hooks.nobody();
      return;
    }
    this.#fail(navigator.onLine ? (refused ? `The server refused: ${error.message}` : UNREACHABLE) : OFFLINE);
    if (refused) this.#connectLater();
    else void this.#findOutMore();
  };

  /** A browser does not tell a page why it got no WebSocket; a plain request narrows it down. */
  async #findOutMore(): Promise<void> {
    const answers = await this.#hooks.serverAnswers();
    if (answers && this.#state.get().cause === UNREACHABLE) this.#state.set({ cause: NOT_LET_THROUGH });
  }

  #onDraining = (): void => this.#state.set({ draining: true });
  #onAttempt = (): void => this.#state.set({ retryAt: null });
  #onOnline = (): void => {
    // Changing from one network to the next may cost nothing at all.
    if (this.#state.get().phase === "failed") this.retryNow();
  };
  #onOffline = (): void => this.#fail(OFFLINE);

  #connectLater(): void {
    const delay = AFTER_GOODBYE * (1 + Math.random());
    this.#state.set({ retryAt: Date.now() + delay });
    clearTimeout(this.#comeBack);
    this.#comeBack = setTimeout(() => this.#socket.connect(), delay);
  }

  #fail(cause: string): void {
    const { phase, draining } = this.#state.get();
    const why = draining ? "The server is restarting." : cause;
    if (phase === "failed") {
      this.#state.set({ cause: why });
      return;
    }
    const now = this.#clock.live();
    this.#clock.freeze(now);
    this.#state.set({ phase: "failed", since: now, cause: why });
  }
}

/** The code with which a connection was refused. */
function codeOf(error: Error): unknown {
  return (error as { data?: { code?: unknown } }).data?.code;
}

/** What the server wrote into its close frame. */
function closeReason(details: unknown): string {
  const { context } = (details ?? {}) as { context?: { reason?: unknown } };
  return typeof context?.reason === "string" ? context.reason : "";
}

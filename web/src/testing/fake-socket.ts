import type { LiveSocket } from "../realtime/socket";

type Listener = (...args: never[]) => void;

class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
    return this;
  }

  off(event?: string, listener?: Listener): this {
    if (event === undefined) this.#listeners.clear();
    else if (listener) this.#listeners.get(event)?.delete(listener);
    return this;
  }

  trigger(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]));
  }
}

/** A Socket.IO client without a network: the test says what happens to it. */
export class FakeSocket extends Emitter {
  readonly io = Object.assign(new Emitter(), { backoff: { duration: () => 700 } });
  readonly sent: unknown[][] = [];
  connected = false;
  active = true;
  connects = 0;

  connect(): this {
    this.connects += 1;
    return this;
  }

  disconnect(): this {
    this.connected = false;
    return this;
  }

  emit(...sent: unknown[]): this {
    this.sent.push(sent);
    return this;
  }

  open(): void {
    this.connected = true;
    this.trigger("connect");
  }

  lose(reason: string, closeReason = ""): void {
    this.connected = false;
    this.trigger("disconnect", reason, { description: reason, context: { reason: closeReason } });
  }

  asSocket = (): LiveSocket => this as unknown as LiveSocket;
}

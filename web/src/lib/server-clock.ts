type Listener = () => void;

/**
 * The server's time, seen from a browser whose own clock may be wrong by hours.
 *
 * A Date header only has whole seconds and a request takes time, so each answer gives a range the offset must lie
 * in; ranges are intersected. Where a correct browser clock (offset 0) is possible it is believed, which keeps
 * milliseconds exact for the many machines that do keep time.
 */
export class ServerClock {
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  #frozenAt: number | null = null;
  #listeners = new Set<Listener>();
  #timer: ReturnType<typeof setInterval> | undefined;

  get offset(): number {
    return Math.min(Math.max(0, this.#low), this.#high);
  }

  /** Whether the browser's clock agrees with the server's, so that milliseconds between them mean something. */
  get agrees(): boolean {
    return this.#low <= 0 && this.#high >= 0;
  }

  /** Learn from an answer: its Date header, and when (on the browser's clock) it was asked for and arrived. */
  observeAnswer(date: string | null, askedAt: number, arrivedAt: number): void {
    const second = date ? Date.parse(date) : Number.NaN;
    if (!Number.isNaN(second)) this.#narrow(second - arrivedAt, second + 1000 - askedAt);
  }

  /** Learn from an update: it cannot have been sent after it arrived. */
  observeUpdate(sentAt: number, arrivedAt: number): void {
    if (sentAt > 0) this.#narrow(sentAt - arrivedAt, Number.POSITIVE_INFINITY);
  }

  #narrow(low: number, high: number): void {
    const newLow = Math.max(this.#low, low);
    const newHigh = Math.min(this.#high, high);
    // One of the clocks was set meanwhile: only the newest observation still counts.
    const contradiction = newLow > newHigh;
    this.#low = contradiction ? low : newLow;
    this.#high = contradiction ? high : newHigh;
  }

  /** Now, running on even while the view is frozen. */
  live(): number {
    return Date.now() + this.offset;
  }

  /** Now, as the view shows it: it stands still while the connection is lost, as the data does. */
  now(): number {
    return this.#frozenAt ?? this.live();
  }

  freeze(at: number): void {
    this.#frozenAt ??= at;
    this.#notify();
  }

  thaw(): void {
    this.#frozenAt = null;
    this.#notify();
  }

  /** Called about once a second while somebody listens. */
  subscribe = (listener: Listener): Listener => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#notify(), 1000);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const serverClock = new ServerClock();

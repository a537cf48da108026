/** Why an operator switched live updates off, and the seconds after which to ask instead. */
export interface Polled {
  reason: string;
  pollEvery: number;
}

/** Asks again and again for what has no live updates. */
export class Polling {
  readonly #ask: (slug: string) => void;
  readonly #timers = new Map<string, ReturnType<typeof setInterval>>();

  constructor(ask: (slug: string) => void) {
    this.#ask = ask;
  }

  start(slug: string, seconds: number): void {
    if (!this.#timers.has(slug)) {
      this.#timers.set(
        slug,
        setInterval(() => this.#ask(slug), seconds * 1000),
      );
    }
  }

  stop(slug: string): void {
    clearInterval(this.#timers.get(slug));
    this.#timers.delete(slug);
  }

  stopAll(): void {
    for (const slug of [...this.#timers.keys()]) this.stop(slug);
  }
}

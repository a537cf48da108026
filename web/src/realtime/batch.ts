/**
 * Collects what arrives in a burst. The first item after a pause goes through at once, so a lone update costs no
 * delay; what follows within the interval goes through together. A timer and not an animation frame, because the
 * tab's title and icon change also while nobody looks.
 */
export class Batch<T> {
  readonly #interval: number;
  readonly #flushed: (items: T[]) => void;
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(interval: number, flushed: (items: T[]) => void) {
    this.#interval = interval;
    this.#flushed = flushed;
  }

  add(...items: T[]): void {
    this.#items.push(...items);
    const wait = this.#last + this.#interval - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(this.flush, wait);
  }

  flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#last = performance.now();
    this.#flushed(items);
  };
}

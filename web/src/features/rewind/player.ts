import type { Clock } from "../../lib/use-clock";

export const SPEEDS = [1, 10, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** Often enough for 60 times the speed to look smooth, and rare enough to cost nothing. */
const TICK = 100;

interface PlayerEvents {
  /** It was put to a moment, or stopped at one. */
  settled: (at: number) => void;
  /** It has caught up with now. */
  caughtUp: () => void;
}

/** The clock of a board that is rewound: it stands still, or runs on from the moment it was put to. */
export class Player implements Clock {
  readonly #live: () => number;
  readonly #events: PlayerEvents;
  readonly #listeners = new Set<() => void>();
  #at: number;
  #speed: Speed = 1;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticked = 0;

  constructor(at: number, live: () => number, events: PlayerEvents) {
    this.#at = at;
    this.#live = live;
    this.#events = events;
  }

  now = (): number => this.#at;

  get playing(): boolean {
    return this.#timer !== undefined;
  }

  get speed(): Speed {
    return this.#speed;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Put it to a moment, which cannot be one that has not come yet. */
  seek(at: number): void {
    this.#at = Math.min(at, this.#live());
    this.#events.settled(this.#at);
    this.#notify();
  }

  play(): void {
    if (this.#timer !== undefined) return;
    this.#ticked = this.#live();
    this.#timer = setInterval(this.#tick, TICK);
    this.#notify();
  }

  pause(): void {
    if (this.#timer === undefined) return;
    this.#stop();
    this.#events.settled(this.#at);
    this.#notify();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** From the next tick on. */
  setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.#notify();
  }

  /** Nobody looks any more. */
  close(): void {
    this.#stop();
  }

  #tick = (): void => {
    const live = this.#live();
    this.#at += (live - this.#ticked) * this.#speed;
    this.#ticked = live;
    if (this.#at >= live) {
      this.#at = live;
      this.#stop();
      this.#events.caughtUp();
    }
    this.#notify();
  };

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

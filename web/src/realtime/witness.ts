import type { LiveSocket } from "./socket";

/** Milliseconds between two confirmations. What comes between is not confirmed, or the wait would count as latency. */
const EVERY = 1000;

/** Says when an update is shown, if this page is of the sample that the server asks. */
export class Witness {
  readonly #socket: LiveSocket;
  #wanted = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(socket: LiveSocket) {
    this.#socket = socket;
  }

  connected(): void {
    this.#socket.emit("confirm-updates", (answer) => {
      this.#wanted = answer.wanted;
    });
  }

  disconnected(): void {
    this.#wanted = false;
  }

  /** This update was drawn into the page: with the next frame somebody sees it, unless the page is in the background. */
  drawn(seq: number): void {
    const now = performance.now();
    if (!this.#wanted || document.hidden || now - this.#last < EVERY) return;
    this.#last = now;
    requestAnimationFrame(() => this.#socket.emit("update-shown", seq));
  }
}

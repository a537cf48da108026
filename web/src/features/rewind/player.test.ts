import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Player } from "./player";

const NOW = Date.parse("2026-11-22T14:00:00Z");
const settled = vi.fn();
const caughtUp = vi.fn();
const player = (at: number) => new Player(at, Date.now, { settled, caughtUp });

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

it.each([1, 10, 60] as const)("runs %i times as fast as time", (speed) => {
  const one = player(NOW - 1_800_000);
  one.setSpeed(speed);
  one.play();
  vi.advanceTimersByTime(10_000);
  expect(one.now()).toBe(NOW - 1_800_000 + speed * 10_000);
  one.pause();
  vi.advanceTimersByTime(10_000);
  expect(one.now()).toBe(NOW - 1_800_000 + speed * 10_000);
  expect(settled).toHaveBeenCalledExactlyOnceWith(one.now());
});

it("stands still until it is played", () => {
  const one = player(NOW - 5000);
  vi.advanceTimersByTime(60_000);
  expect(one.now()).toBe(NOW - 5000);
});

it("goes on from where it is put to while it plays", () => {
  const one = player(NOW - 600_000);
  one.play();
  vi.advanceTimersByTime(1000);
  one.seek(NOW - 300_000);
  vi.advanceTimersByTime(1000);
  expect(one.now()).toBe(NOW - 299_000);
});

it("does not know the future", () => {
  const one = player(NOW);
  one.seek(NOW + 60_000);
  expect(one.now()).toBe(NOW);
});

it("says that it has caught up, once, and stops", () => {
  const one = player(NOW - 60_000);
  one.setSpeed(60);
  one.play();
  vi.advanceTimersByTime(5000);
  expect(caughtUp).toHaveBeenCalledOnce();
  expect(one.playing).toBe(false);
});

it("does nothing any more when it is closed", () => {
  const one = player(NOW - 60_000);
  one.play();
  one.close();
  vi.advanceTimersByTime(5000);
  expect(one.now()).toBe(NOW - 60_000);
});

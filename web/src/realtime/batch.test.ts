import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Batch } from "./batch";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("lets the first item through at once and gathers those that follow", () => {
  const flushed: number[][] = [];
  const batch = new Batch<number>(50, (items) => flushed.push(items));
  batch.add(1);
  expect(flushed).toEqual([[1]]);
  batch.add(2);
  batch.add(3);
  expect(flushed).toHaveLength(1);
  vi.advanceTimersByTime(50);
  expect(flushed).toEqual([[1], [2, 3]]);
  vi.advanceTimersByTime(1000);
  batch.add(4);
  expect(flushed.at(-1)).toEqual([4]);
});

it("keeps the order when it is flushed early", () => {
  const flushed: number[] = [];
  const batch = new Batch<number>(50, (items) => flushed.push(...items));
  batch.add(1);
  batch.add(2);
  batch.flush();
  vi.advanceTimersByTime(50);
  expect(flushed).toEqual([1, 2]);
});

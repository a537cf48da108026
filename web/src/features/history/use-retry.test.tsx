import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { at } from "../../testing/builders";
import { useRetry } from "./use-retry";

beforeEach(() => vi.useFakeTimers({ now: Date.parse(at("09:00")) }));
afterEach(() => vi.useRealTimers());

const retry = vi.fn();

it("asks once, at the moment that the server named", () => {
  const { rerender, unmount } = renderHook(({ when }) => useRetry(when, retry), {
    initialProps: { when: at("09:30") },
  });
  vi.advanceTimersByTime(30 * 60_000);
  expect(retry).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2000);
  expect(retry).toHaveBeenCalledTimes(1);
  rerender({ when: at("09:30") });
  vi.advanceTimersByTime(3_600_000);
  expect(retry).toHaveBeenCalledTimes(1);
  rerender({ when: at("12:00") });
  unmount();
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(retry).toHaveBeenCalledTimes(1);
});

import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { later } from "./later";

interface SumProps {
  of: number[];
  day: string;
}

const drawn = vi.fn();
const Sum = later(function Sum({ of, day }: SumProps) {
  drawn();
  return (
    <p>
      {day}: {of.reduce((a, b) => a + b, 0)}
    </p>
  );
});

beforeEach(() => {
  vi.useFakeTimers();
  drawn.mockClear();
});
afterEach(() => vi.useRealTimers());

const said = () => screen.getByText(/:/).textContent;

it("draws the first of many changes at once, the last in any case, and few in between", async () => {
  const { rerender } = render(<Sum of={[0]} day="today" />);
  for (let update = 1; update <= 20; update += 1) {
    rerender(<Sum of={[update]} day="today" />);
    if (update === 1) expect(said()).toBe("today: 1");
    await act(() => vi.advanceTimersByTimeAsync(50));
  }
  expect(drawn.mock.calls.length).toBeLessThan(10);
  await act(() => vi.advanceTimersByTimeAsync(250));
  expect(said()).toBe("today: 20");
});

it("does not make anybody wait who asks for something else", () => {
  const { rerender } = render(<Sum of={[0]} day="today" />);
  rerender(<Sum of={[1]} day="today" />);
  rerender(<Sum of={[2]} day="today" />);
  expect(said()).toBe("today: 1");
  rerender(<Sum of={[3]} day="yesterday" />);
  expect(said()).toBe("yesterday: 3");
});

it("draws what changes again after a while at once", async () => {
  const { rerender } = render(<Sum of={[0]} day="today" />);
  rerender(<Sum of={[1]} day="today" />);
  await act(() => vi.advanceTimersByTimeAsync(300));
  rerender(<Sum of={[2]} day="today" />);
  expect(said()).toBe("today: 2");
});

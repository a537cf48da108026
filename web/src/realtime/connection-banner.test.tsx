import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { timeOfDay } from "../lib/time";
import { FailedBanner, SwitchedOff } from "./connection-banner";
import { type Connection, ConnectionState } from "./connection-state";

const NOW = Date.parse("2026-11-22T14:03:40Z");

const failed = (change: Partial<Connection> = {}): Connection => ({
  ...new ConnectionState().get(),
  phase: "failed",
  since: NOW - 18_000,
  cause: "The server has stopped answering.",
  retryAt: NOW + 1600,
  lastUpdateAt: NOW - 25_000,
  ...change,
});

beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

describe("the banner of a failed connection", () => {
  it("is an alert that says what is wrong, why and since when", () => {
    render(<FailedBanner connection={failed()} onRetry={() => {}} />);
    const alert = screen.getByRole("alert");
    expect(alert).toBe(screen.getByTestId("websocket-error"));
    for (const words of [
      "Real-time connection failed",
      "The server has stopped answering.",
      `Down since ${timeOfDay(NOW - 18_000)}.`,
      `Last update ${timeOfDay(NOW - 25_000)}.`,
      "Down for 18 s, trying again in 2 s",
    ]) {
      expect(alert.textContent).toContain(words);
    }
  });

  it("says when no update has ever come, and when an attempt is under way", () => {
    render(<FailedBanner connection={failed({ lastUpdateAt: null, retryAt: null })} onRetry={() => {}} />);
    expect(screen.getByRole("alert").textContent).toContain("No update had arrived yet.");
    expect(screen.getByRole("alert").textContent).toContain("trying again now");
  });

  it("lets the reader try at once", () => {
    const retry = vi.fn();
    render(<FailedBanner connection={failed()} onRetry={retry} />);
    fireEvent.click(screen.getByRole("button", { name: "Retry now" }));
    expect(retry).toHaveBeenCalledOnce();
  });
});

describe("the note of live updates that are switched off", () => {
  it("says of what, why, and what the page does instead", () => {
    render(<SwitchedOff polled={[["api", { reason: "An operator has switched it off.", pollEvery: 10 }]]} />);
    expect(screen.getByRole("status").textContent).toBe(
      "Not live: api. An operator has switched it off. This page asks every 10 seconds instead.",
    );
  });

  it("names no repository where it is about several", () => {
    const polled = { reason: "An operator has switched it off.", pollEvery: 10 };
    render(
      <SwitchedOff
        polled={[
          ["api", polled],
          ["web", polled],
        ]}
      />,
    );
    expect(screen.getByRole("status").textContent).toMatch(/^Not live. An operator has switched it off. This/);
  });
});

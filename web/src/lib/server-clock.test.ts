import { describe, expect, it } from "vitest";
import { ServerClock } from "./server-clock";

const HOUR = 3_600_000;
const dateHeader = (ms: number) => new Date(ms).toUTCString();

describe("the server's clock", () => {
  it("believes a browser whose clock agrees, to the millisecond", () => {
    const clock = new ServerClock();
    clock.observeAnswer(dateHeader(10_000_400), 10_000_300, 10_000_500);
    expect(clock.offset).toBe(0);
    expect(clock.agrees).toBe(true);
  });

  it.each([3 * HOUR, -5 * HOUR])("sees through a browser's clock that is wrong by %i ms", (wrong) => {
    const clock = new ServerClock();
    clock.observeAnswer(dateHeader(10_000_400), 10_000_300 + wrong, 10_000_500 + wrong);
    expect(Math.abs(clock.offset + wrong)).toBeLessThanOrEqual(1200);
    expect(clock.agrees).toBe(false);
  });

  it("narrows its estimate with every answer and update", () => {
    const clock = new ServerClock();
    const wrong = HOUR;
    for (const moment of [5000, 6300, 7650, 8990]) {
      clock.observeAnswer(dateHeader(moment), moment - 5 + wrong, moment + 5 + wrong);
    }
    clock.observeUpdate(20_000, 20_010 + wrong);
    expect(Math.abs(clock.offset + wrong)).toBeLessThanOrEqual(50);
  });

  it("starts again when a clock was set", () => {
    const clock = new ServerClock();
    clock.observeAnswer(dateHeader(10_000), 10_000, 10_010);
    clock.observeAnswer(dateHeader(60_000), 60_000 + HOUR, 60_010 + HOUR);
    expect(clock.offset).toBeLessThan(-HOUR + 2000);
  });

  it("learns nothing from an unreadable header", () => {
    const clock = new ServerClock();
    clock.observeAnswer(null, 0, 10);
    clock.observeAnswer("soon", 0, 10);
    expect(clock.offset).toBe(0);
  });

  it("stands still while frozen, and goes on for those who look at the live clock", () => {
    const clock = new ServerClock();
    clock.freeze(1234);
    expect(clock.now()).toBe(1234);
    expect(clock.live()).toBeGreaterThan(1234);
    clock.thaw();
    expect(clock.now()).toBeGreaterThan(1234);
  });
});

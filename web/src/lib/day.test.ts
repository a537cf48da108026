import { describe, expect, it } from "vitest";
import { isActiveOn } from "../realtime/apply-update";
import { at, makeRun, passedRun } from "../testing/builders";
import { dateOf, dayBounds, isDay, shiftDay } from "./day";

const hours = ({ start, end }: { start: number; end: number }) => (end - start) / 3_600_000;
const from = (date: string, tz: string) => new Date(dayBounds(date, tz).start).toISOString();

describe("a day", () => {
  it("begins at midnight of its zone", () => {
    expect(from("2026-11-22", "UTC")).toBe("2026-11-22T00:00:00.000Z");
    expect(from("2026-11-22", "Europe/Berlin")).toBe("2026-11-21T23:00:00.000Z");
    expect(from("2026-11-22", "America/Los_Angeles")).toBe("2026-11-22T08:00:00.000Z");
    expect(from("2026-11-22", "Pacific/Kiritimati")).toBe("2026-11-21T10:00:00.000Z");
    expect(from("2026-11-22", "Asia/Kathmandu")).toBe("2026-11-21T18:15:00.000Z");
  });

  it("has 23 or 25 hours when the clocks change", () => {
    expect(hours(dayBounds("2026-03-29", "Europe/Berlin"))).toBe(23);
    expect(hours(dayBounds("2026-10-25", "Europe/Berlin"))).toBe(25);
    expect(hours(dayBounds("2026-06-01", "Europe/Berlin"))).toBe(24);
  });

  it("begins when the clocks jump over midnight, where they do", () => {
    // Cairo went from 00:00 to 01:00 on 25 April 2025.
    expect(from("2025-04-25", "Africa/Cairo")).toBe("2025-04-24T22:00:00.000Z");
    expect(hours(dayBounds("2025-04-25", "Africa/Cairo"))).toBe(23);
  });

  it("is found for any moment", () => {
    expect(dateOf(Date.parse(at("23:30")), "Europe/Berlin")).toBe("2026-11-23");
    expect(dateOf(Date.parse(at("03:00")), "America/New_York")).toBe("2026-11-21");
  });

  it("has neighbours", () => {
    expect(shiftDay("2026-03-01", -1)).toBe("2026-02-28");
    expect(shiftDay("2026-12-31", 1)).toBe("2027-01-01");
  });

  it.each(["2026-02-30", "2026-13-01", "yesterday", "", 20261122, undefined])("is not %s", (value) => {
    expect(isDay(value)).toBe(false);
  });
});

describe("a run belongs to a day", () => {
  const overnight = passedRun({ run_started_at: at("23:50", "2026-11-21"), updated_at: at("00:10") });

  it("on every day it was under way", () => {
    expect(isActiveOn(overnight, "2026-11-21", "UTC")).toBe(true);
    expect(isActiveOn(overnight, "2026-11-22", "UTC")).toBe(true);
    expect(isActiveOn(overnight, "2026-11-23", "UTC")).toBe(false);
    expect(isActiveOn(overnight, "2026-11-20", "UTC")).toBe(false);
  });

  it("in the reader's zone", () => {
    expect(isActiveOn(overnight, "2026-11-21", "Europe/Berlin")).toBe(false);
    expect(isActiveOn(overnight, "2026-11-22", "Europe/Berlin")).toBe(true);
  });

  it("for as long as it has not ended", () => {
    expect(isActiveOn(makeRun({ run_started_at: at("09:00", "2026-11-19") }), "2026-11-22", "UTC")).toBe(true);
  });

  it("but not to the day it ends before, nor to the day that begins as it starts", () => {
    expect(isActiveOn(passedRun({ updated_at: at("00:00", "2026-11-23") }), "2026-11-23", "UTC")).toBe(true);
    expect(isActiveOn(makeRun({ run_started_at: at("00:00", "2026-11-23") }), "2026-11-22", "UTC")).toBe(false);
  });
});

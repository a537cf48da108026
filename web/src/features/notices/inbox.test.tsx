import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { at, makeNotification } from "../../testing/builders";
import { renderPart } from "../../testing/render";
import { daysOf, nameOf } from "./inbox";
import { NoticeRow, outcomeOf } from "./notice-row";

it("groups by the reader's day, in the order in which they came", () => {
  const notices = [at("23:30"), at("21:00"), at("09:00")].map((moment, id) => makeNotification({ id, at: moment }));
  expect(daysOf(notices, "UTC").map(({ date, notices }) => [date, notices.length])).toEqual([["2026-11-22", 3]]);
  expect(daysOf(notices, "Asia/Tokyo").map(({ date, notices }) => [date, notices.length])).toEqual([
    ["2026-11-23", 2],
    ["2026-11-22", 1],
  ]);
  expect([nameOf("2026-11-22", "2026-11-22"), nameOf("2026-11-21", "2026-11-22")]).toEqual(["Today", "Yesterday"]);
});

it("says what became of it", () => {
  const outcome = (fields: Parameters<typeof makeNotification>[0]) => outcomeOf(makeNotification(fields));
  const hour = { since: at("08:00"), at: at("09:00"), ended_at: at("09:00") };
  expect(outcome({ kind: "fixed", outcome: "fixed", failures: 3, ...hour })).toBe("Was broken for 1 h, 3 runs failed");
  expect(outcome({ outcome: "fixed", ...hour })).toBe("Fixed after 1 h");
  expect(outcome({ failures: 4 })).toBe("4 runs failed so far");
  expect(outcome({ kind: "still_fails", run_attempt: 2 })).toBe("Attempt 2");
});

it("is read when it is opened, and can be without", async () => {
  const onRead = vi.fn();
  await renderPart(
    <ul>
      <NoticeRow notice={makeNotification({ id: 7, job: "build", step: "Test" })} onRead={onRead} />
    </ul>,
  );
  expect(screen.getByRole("listitem").textContent).toContain("Failed at build · Test");
  screen.getByRole("button", { name: "Mark as read: CI failed" }).click();
  screen.getByRole("link", { name: "Unread: CI failed" }).click();
  expect(onRead.mock.calls).toEqual([[[7]], [[7]]]);
});

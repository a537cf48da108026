import { expect, it } from "vitest";
import { at, failedRun, makeRun, passedRun } from "../testing/builders";
import { isFlaky } from "./flaky";

const passed = passedRun({ id: 2, updated_at: at("09:30") });

it("is flaky what failed and then passed on the same commit", () => {
  expect(isFlaky(passed, [2], [passed])).toBe(true);
  expect(isFlaky(passed, [1], [passed])).toBe(false);
  expect(isFlaky(passed, [], [passed, failedRun()])).toBe(true);
  expect(isFlaky(passed, [], [passed, failedRun({ head_sha: "another" })])).toBe(false);
  expect(isFlaky(passed, [], [passed, failedRun({ updated_at: at("09:45") })])).toBe(false);
  expect(isFlaky(passed, [], [passed, failedRun({ conclusion: "cancelled" })])).toBe(false);
  expect(isFlaky(failedRun(), [1], [])).toBe(false);
  expect(isFlaky(makeRun(), [1], [])).toBe(false);
  expect(isFlaky(passedRun({ head_sha: null }), [1], [])).toBe(false);
});

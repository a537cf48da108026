import { expect, it } from "vitest";
import type { Workflow } from "../../lib/runs";
import { failedRun, makeRun, passedRun } from "../../testing/builders";
import { streakOf } from "./streak";

it.each([
  ["first run that day", [makeRun()]],
  ["1 run that day", [failedRun()]],
  ["2 runs that day", [passedRun({ id: 2 }), passedRun()]],
  ["broke after 2 green", [failedRun({ id: 3 }), passedRun({ id: 2 }), passedRun()]],
  ["2nd failure in a row", [failedRun({ id: 2 }), failedRun()]],
])("says %s", (words, runs) => {
  expect(streakOf({ runs } as Workflow)).toBe(words);
});

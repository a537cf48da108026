import { failingStreak, type Workflow } from "../../lib/runs";
import { isBroken, isPassed } from "../../lib/status";

const ORDINAL = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIX: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };

/** How news of a failure is to be taken: a first slip after many passes, or the third in a row. */
export function streakOf(workflow: Workflow): string {
  const verdicts = workflow.runs.filter((run) => isBroken(run) || isPassed(run));
  const failed = failingStreak(workflow.runs).length;
  if (failed > 1) return `${failed}${SUFFIX[ORDINAL.select(failed)] ?? "th"} failure in a row`;
  const passed = verdicts.slice(failed).findIndex(isBroken);
  const before = passed < 0 ? verdicts.length - failed : passed;
  if (failed === 1 && before > 0) return `broke after ${before} green`;
  if (verdicts.length === 0) return "first run that day";
  return verdicts.length === 1 ? "1 run that day" : `${verdicts.length} runs that day`;
}

import type { RunDetail } from "../api/types";
import { type Expectation, paceOf } from "../lib/expectation";
import { instant, minuteOfDay } from "../lib/time";
import { useClock } from "../lib/use-clock";
import { Tag } from "./ui/tag";

/** When a run should be done, going by the runs before it; or that it is late. */
export function ExpectedEnd({ run, expectation }: { run: RunDetail; expectation: Expectation }) {
  const started = instant(run.run_started_at);
  const pace = useClock((now) => paceOf(expectation, now - started));
  if (pace === "late") return <Tag tone="waits">slower than 95 %</Tag>;
  return (
    <span data-testid="expected-end" className="whitespace-nowrap text-small">
      {pace === "longer" ? "longer than usual" : `ends about ${minuteOfDay(started + expectation.usual)}`}
    </span>
  );
}

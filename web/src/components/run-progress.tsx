import type { RunDetail } from "../api/types";
import { type Expectation, paceOf } from "../lib/expectation";
import { instant } from "../lib/time";
import { useClock } from "../lib/use-clock";

/** How far a run is, measured by how long its workflow usually takes. */
export function RunProgress({ run, expectation }: { run: RunDetail; expectation: Expectation }) {
  const started = instant(run.run_started_at);
  const share = useClock((now) => Math.round(Math.min(1, Math.max(0, now - started) / expectation.usual) * 200) / 2);
  const pace = useClock((now) => paceOf(expectation, now - started));
  // Half of all runs take longer than usual; only where too few are known is that all there is to go by.
  const late = pace === "late" || (pace === "longer" && expectation.late === null);
  return (
    <div aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-sunken">
      <div className={`h-full rounded-full ${late ? "bg-waits" : "bg-moves"}`} style={{ width: `${share}%` }} />
    </div>
  );
}

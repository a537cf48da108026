import type { RunDetail } from "../api/types";
import { instant } from "../lib/time";
import { useClock } from "../lib/use-clock";

/** How far a run is, measured by how long its workflow usually takes. */
export function RunProgress({ run, usual }: { run: RunDetail; usual: number }) {
  const started = instant(run.run_started_at);
  const share = useClock((now) => Math.round(Math.min(1, Math.max(0, now - started) / usual) * 200) / 2);
  const late = share >= 100;
  return (
    <div aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-sunken">
      <div className={`h-full rounded-full ${late ? "bg-waits" : "bg-moves"}`} style={{ width: `${share}%` }} />
    </div>
  );
}

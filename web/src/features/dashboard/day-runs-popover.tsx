import { Popover } from "../../components/popover";
import type { PopoverProps } from "../../components/popover-button";
import { StateIcon } from "../../components/state-icon";
import { elapsed, type Workflow } from "../../lib/runs";
import { isCompleted, lookOf } from "../../lib/status";
import { duration, instant, minuteOfDay } from "../../lib/time";
import { runPath } from "../../routing/paths";

interface DayRunsPopoverProps extends PopoverProps {
  workflow: Workflow;
  slug: string;
}

export default function DayRunsPopover({ workflow, slug, ...popover }: DayRunsPopoverProps) {
  const count = workflow.runs.length === 1 ? "1 run" : `${workflow.runs.length} runs`;
  return (
    <Popover {...popover} title={`${workflow.name}, ${count}`} testId="day-runs" align="end">
      <ul>
        {workflow.runs.map((run) => (
          <li key={run.id}>
            <a
              href={runPath(slug, run.id)}
              className="grid grid-cols-[16px_auto_minmax(0,1fr)_auto] items-center gap-x-2 rounded px-2 py-1 hover:bg-sunken"
            >
              <StateIcon of={run} />
              <span className="text-muted tabular-nums">{minuteOfDay(instant(run.run_started_at))}</span>
              <span className="truncate" dir="auto">
                {run.run_number && <span className="text-dim">#{run.run_number} </span>}
                {lookOf(run).word}, {run.display_title}
              </span>
              <span className="text-muted tabular-nums">{isCompleted(run) ? duration(elapsed(run, 0)) : ""}</span>
            </a>
          </li>
        ))}
      </ul>
    </Popover>
  );
}

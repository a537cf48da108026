import { Popover } from "@base-ui/react/popover";
import { Link } from "@tanstack/react-router";
import type { RefObject } from "react";
import { StateIcon } from "../../components/state-icon";
import { elapsed, type Workflow } from "../../lib/runs";
import { isCompleted, lookOf } from "../../lib/status";
import { duration, instant, minuteOfDay } from "../../lib/time";

interface DayRunsPopoverProps {
  workflow: Workflow;
  slug: string;
  anchor: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

export default function DayRunsPopover({ workflow, slug, anchor, onClose }: DayRunsPopoverProps) {
  return (
    <Popover.Root
      open
      onOpenChange={(open, { event }) => {
        // A press on the button that opened this closes it by itself; closing here too would open it again.
        const onButton = event.target instanceof Node && anchor.current?.contains(event.target);
        if (!open && !onButton) onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={6} align="end" collisionPadding={8} className="z-40">
          <Popover.Popup
            data-testid="day-runs"
            data-overlay
            finalFocus={anchor}
            className="max-h-[min(420px,var(--available-height))] w-[min(360px,92vw)] overflow-y-auto rounded-lg border border-line-strong bg-raised p-2 shadow-xl outline-none"
          >
            <Popover.Title className="px-2 py-1 font-medium text-muted text-small">
              {workflow.name}, {workflow.runs.length === 1 ? "1 run" : `${workflow.runs.length} runs`}
            </Popover.Title>
            <ul>
              {workflow.runs.map((run) => (
                <li key={run.id}>
                  <Link
                    to="/dashboard/$slug/runs/$runId"
                    params={{ slug, runId: String(run.id) }}
                    className="grid grid-cols-[16px_auto_minmax(0,1fr)_auto] items-center gap-x-2 rounded px-2 py-1 hover:bg-sunken"
                  >
                    <StateIcon of={run} />
                    <span className="text-muted tabular-nums">{minuteOfDay(instant(run.run_started_at))}</span>
                    <span className="truncate" dir="auto">
                      {run.run_number && <span className="text-dim">#{run.run_number} </span>}
                      {lookOf(run).word}, {run.display_title}
                    </span>
                    <span className="text-muted tabular-nums">{isCompleted(run) ? duration(elapsed(run, 0)) : ""}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

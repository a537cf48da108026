import { lazy } from "react";
import { PopoverButton } from "../../components/popover-button";
import { Sparkline } from "../../components/sparkline";
import type { Workflow } from "../../lib/runs";

const DayRunsPopover = lazy(() => import("./day-runs-popover"));

interface DayRunsProps {
  workflow: Workflow;
  slug: string;
  most: number;
}

/** The workflow's runs of the day as a sparkline; pressed, it lists them one by one. */
export function DayRuns({ workflow, slug, most }: DayRunsProps) {
  return (
    <PopoverButton
      aria-label={`All ${workflow.runs.length} runs of ${workflow.name} that day`}
      className="relative z-10 -m-1 flex rounded p-1 hover:bg-sunken"
      opens={(props) => <DayRunsPopover workflow={workflow} slug={slug} {...props} />}
    >
      <Sparkline runs={workflow.runs} most={most} />
    </PopoverButton>
  );
}

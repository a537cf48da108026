import { lazy, Suspense, useRef, useState } from "react";
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
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`All ${workflow.runs.length} runs of ${workflow.name} that day`}
        onClick={() => setOpen(!open)}
        className="relative z-10 -m-1 flex rounded p-1 hover:bg-sunken"
      >
        <Sparkline runs={workflow.runs} most={most} />
      </button>
      {open && (
        <Suspense>
          <DayRunsPopover workflow={workflow} slug={slug} anchor={anchor} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

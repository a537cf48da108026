import type { Job, RunDetail } from "../../api/types";
import { StateIcon, TONE_FILL } from "../../components/state-icon";
import { ExternalLink } from "../../components/ui/external-link";
import { Icon } from "../../components/ui/icon";
import { lookOf } from "../../lib/status";
import { clockFace } from "../../lib/time";
import { COLUMNS } from "./columns";
import { StepList } from "./step-list";
import { type Axis, barOf, jobElapsed } from "./timeline";

interface JobRowProps {
  job: Job;
  run: RunDetail;
  axis: Axis;
  now: number;
  /** Whether the end of the run waited for it. */
  critical: boolean;
  open: boolean;
  onToggle: () => void;
}

export function JobRow({ job, run, axis, now, critical, open, onToggle }: JobRowProps) {
  const look = lookOf(job);
  const took = jobElapsed(job, now);
  return (
    <div data-testid="run-job" data-state={look.state} className="border-t last:border-b">
      <div className={`${COLUMNS} relative items-center py-2.5`}>
        <h3 className="flex min-w-0 items-center gap-2 font-medium">
          <StateIcon of={job} />
          <button
            type="button"
            data-card-link
            aria-expanded={open}
            onClick={onToggle}
            className="min-w-0 truncate text-left outline-none after:absolute after:inset-0 after:rounded focus-visible:after:outline-2 focus-visible:after:outline-accent"
            dir="auto"
            title={job.name}
          >
            {job.name}
          </button>
          <Icon name={open ? "down" : "right"} size={11} className="text-dim" />
        </h3>
        <div className="max-md:order-last max-md:col-span-2 max-md:mt-2">
          <GanttBar job={job} run={run} axis={axis} now={now} critical={critical} />
        </div>
        <span className="text-right text-muted tabular-nums">{took === null ? look.word : clockFace(took)}</span>
      </div>
      {open && (
        // Covers the line of the present moment, which would cut through the words.
        <div className="relative bg-bg pb-2">
          <StepList job={job} now={now} />
          <p className="flex flex-wrap gap-x-4 px-2 pt-1 text-muted text-small sm:pl-8">
            <span>{look.word}</span>
            {job.runner_name && <span className="truncate">on {job.runner_name}</span>}
            {job.labels.length > 0 && <span className="truncate">{job.labels.join(", ")}</span>}
            <ExternalLink
              href={job.html_url}
              label={`Log on GitHub, ${job.name}`}
              className="inline-flex items-center gap-1 hover:text-ink"
            >
              Log on GitHub <Icon name="out" size={11} />
            </ExternalLink>
          </p>
        </div>
      )}
    </div>
  );
}

function GanttBar({ job, run, axis, now, critical }: Pick<JobRowProps, "job" | "run" | "axis" | "now" | "critical">) {
  const bar = barOf(job, run, axis, now);
  if (!bar) return <div className="h-4" />;
  const { queuedFrom, startedAt, until } = bar;
  return (
    <div aria-hidden="true" className="relative h-4">
      <span
        className="hatched absolute inset-y-0 rounded-xs"
        style={{ left: `${queuedFrom * 100}%`, width: `${(startedAt - queuedFrom) * 100}%` }}
      />
      {critical && (
        <span
          className="absolute -bottom-1 h-0.5 bg-ink"
          style={{ left: `${queuedFrom * 100}%`, width: `${(until - queuedFrom) * 100}%` }}
        />
      )}
      {until > startedAt && (
        <span
          className={`absolute inset-y-0 min-w-[3px] rounded-xs ${TONE_FILL[lookOf(job).tone]}`}
          style={{ left: `${startedAt * 100}%`, width: `${(until - startedAt) * 100}%` }}
        />
      )}
    </div>
  );
}

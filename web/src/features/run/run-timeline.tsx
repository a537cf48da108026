import { useMemo, useState } from "react";
import type { Job, RunDetail } from "../../api/types";
import { isBroken, isCompleted } from "../../lib/status";
import { clockFace } from "../../lib/time";
import { useSecond } from "../../lib/use-clock";
import { COLUMNS } from "./columns";
import { criticalPath } from "./critical-path";
import { JobRow } from "./job-row";
import { type Axis, axisOf } from "./timeline";

/** The run as it unfolds: a bar for each job on one axis of time, and its steps where they are of interest. */
export function RunTimeline({ run, usual }: { run: RunDetail; usual: number | null }) {
  const now = useSecond();
  const axis = axisOf(run, now, usual);
  const [toggled, setToggled] = useState<ReadonlyMap<number, boolean>>(new Map());
  const path = useMemo(() => criticalPath(run), [run]);
  const isOpen = (job: Job) => toggled.get(job.id) ?? opensByItself(job, run);
  return (
    <div className="relative">
      <Scale axis={axis} />
      {!isCompleted(run) && <NowLine share={(now - axis.start) / axis.span} />}
      {run.jobs.map((job) => (
        <JobRow
          key={job.id}
          job={job}
          run={run}
          axis={axis}
          now={isCompleted(job) ? 0 : now}
          critical={path?.jobs.includes(job) ?? false}
          open={isOpen(job)}
          onToggle={() => setToggled(new Map(toggled).set(job.id, !isOpen(job)))}
        />
      ))}
      {path && (
        <p className="px-4 pt-2 text-muted text-small sm:px-0" data-testid="critical-path">
          <span className="mr-1.5 inline-block h-0.5 w-4 bg-ink align-middle" />
          Critical path: <span dir="auto">{path.jobs.map(({ name }) => name).join(" → ")}</span> ·{" "}
          {clockFace(path.working)} at work
          {path.queued >= 1000 && `, ${clockFace(path.queued)} waiting for a runner`}. By their times: GitHub does not
          say which job needs which.
        </p>
      )}
    </div>
  );
}

/** What broke is opened for the reader; otherwise what runs, as long as that is not everything at once. */
function opensByItself(job: Job, run: RunDetail): boolean {
  if (isBroken(job)) return run.jobs.find(isBroken) === job;
  if (run.jobs.some(isBroken)) return false;
  return job.status === "in_progress" && run.jobs.find((other) => other.status === "in_progress") === job;
}

function Scale({ axis }: { axis: Axis }) {
  return (
    <div aria-hidden="true" className={`${COLUMNS} max-md:hidden`}>
      <span className="md:col-start-2">
        <span className="relative block h-5 text-[11px]/4 text-dim">
          {axis.ticks.map((tick) => (
            <span key={tick} className="absolute" style={{ left: `${(tick / axis.span) * 100}%` }}>
              {clockFace(tick)}
            </span>
          ))}
        </span>
      </span>
    </div>
  );
}

function NowLine({ share }: { share: number }) {
  return (
    <div aria-hidden="true" className={`${COLUMNS} pointer-events-none absolute inset-0 top-5 max-md:hidden`}>
      <span className="relative md:col-start-2">
        <span className="absolute inset-y-0 w-px bg-moves" style={{ left: `${Math.min(1, share) * 100}%` }} />
      </span>
    </div>
  );
}

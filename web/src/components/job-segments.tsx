import { memo } from "react";
import type { Job } from "../api/types";
import { isCompleted, lookOf } from "../lib/status";
import { TONE_FILL } from "./state-icon";

const MOST = 40;

/** One piece for each job. One that has not started is only an outline of itself. */
export const JobSegments = memo(function JobSegments({ jobs }: { jobs: Job[] }) {
  if (jobs.length === 0) return null;
  const done = jobs.filter(isCompleted).length;
  return (
    <div role="img" aria-label={`${done} of ${jobs.length} jobs done`} className="flex h-[3px] gap-[3px]">
      {jobs.slice(0, MOST).map((job) => {
        const look = lookOf(job);
        const idle = look.section === "running" && look.state !== "in_progress";
        return (
          <span
            key={job.id}
            className={`min-w-px flex-1 rounded-full ${idle ? "bg-line-strong" : TONE_FILL[look.tone]}`}
          />
        );
      })}
    </div>
  );
});

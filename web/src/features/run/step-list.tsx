import type { Job, Step } from "../../api/types";
import { StateIcon } from "../../components/state-icon";
import { isBroken, isCompleted, lookOf } from "../../lib/status";
import { duration, instant } from "../../lib/time";

export function StepList({ job, now }: { job: Job; now: number }) {
  if (job.steps.length === 0) {
    return (
      <p className="pb-1 pl-6 text-muted">
        {isCompleted(job) ? "Its steps are not known." : "No step has started yet."}
      </p>
    );
  }
  return (
    <ol className="pb-2 sm:pl-6">
      {job.steps.map((step) => (
        <li
          key={step.number}
          data-testid="run-step"
          data-state={lookOf(step).state}
          className={`grid grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2 rounded px-2 py-0.5 font-mono text-small ${isBroken(step) ? "bg-broke-soft text-ink" : "text-muted"}`}
        >
          <StateIcon of={step} labelled />
          <span className="truncate" dir="auto" title={step.name}>
            {step.name}
          </span>
          <span>{stepTime(step, now)}</span>
        </li>
      ))}
    </ol>
  );
}

function stepTime(step: Step, now: number): string {
  const started = instant(step.started_at);
  if (started === 0 || lookOf(step).state === "skipped") return "";
  const ended = isCompleted(step) ? instant(step.completed_at) : now;
  return ended === 0 ? "" : duration(ended - started);
}

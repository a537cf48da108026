import { WhatIsWrong } from "../../components/failed-at";
import { JobSegments } from "../../components/job-segments";
import { RunLink } from "../../components/run-facts";
import { RunProgress } from "../../components/run-progress";
import { StateIcon } from "../../components/state-icon";
import { Age, Ticking } from "../../components/time";
import { Avatar } from "../../components/ui/avatar";
import { expectationOf } from "../../lib/expectation";
import { troubleSince, type Workflow } from "../../lib/runs";
import { isBroken, lookOf } from "../../lib/status";
import { instant } from "../../lib/time";
import { OnIt } from "../claims/on-it";

interface RowProps {
  workflow: Workflow;
  slug: string;
}

/** What broke, at which step, by whose commit, since when, and who is on it. */
export function BrokenRow({ workflow, slug }: RowProps) {
  const run = workflow.latest;
  return (
    <div
      data-testid="repo-broken"
      className={`relative mb-px grid grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 px-4 py-2.5 sm:mx-3 sm:mb-1 sm:rounded-lg sm:px-3 ${isBroken(run) ? "bg-broke-soft" : "bg-waits-soft"} md:grid-cols-[16px_minmax(0,1fr)_minmax(0,220px)_64px] lg:grid-cols-[16px_minmax(0,1fr)_minmax(0,200px)_minmax(0,140px)_56px]`}
    >
      <StateIcon of={run} labelled />
      <div className="min-w-0">
        <h3 className="truncate font-semibold" dir="auto">
          <RunLink slug={slug} run={run}>
            {workflow.name}
          </RunLink>
        </h3>
        <p className="truncate text-muted">
          <WhatIsWrong run={run} />
        </p>
      </div>
      <div className="flex min-w-0 items-center gap-2 max-md:order-1 max-md:col-span-2 max-md:col-start-2">
        {run.actor && <Avatar login={run.actor.login} />}
        <span className="min-w-0">
          <span className="block truncate" dir="auto" title={run.display_title}>
            {run.display_title}
          </span>
          <span className="block truncate text-muted text-small" dir="auto">
            {[run.actor?.login, run.head_branch].filter(Boolean).join(" · ")}
          </span>
        </span>
      </div>
      <div className="min-w-0 max-lg:order-2 max-lg:col-span-2 max-lg:col-start-2">
        <OnIt slug={slug} run={run} runs={workflow.runs} />
      </div>
      <span className="text-right font-medium">
        <Age since={troubleSince(workflow)} />
      </span>
    </div>
  );
}

export function RunningRow({ workflow, slug }: RowProps) {
  const run = workflow.latest;
  const expectation = expectationOf(workflow.runs, null);
  return (
    <div
      data-testid="repo-running"
      className="relative grid grid-cols-[16px_minmax(0,1fr)_minmax(64px,1fr)_auto] items-center gap-x-3 px-4 py-1.5 sm:px-6"
    >
      <StateIcon of={run} labelled />
      <div className="flex min-w-0 items-baseline gap-2">
        <h3 className="max-w-full shrink-0 truncate font-medium" dir="auto">
          <RunLink slug={slug} run={run}>
            {workflow.name}
          </RunLink>
        </h3>
        <span className="truncate text-muted max-sm:hidden" dir="auto">
          {[run.head_branch, run.display_title].filter(Boolean).join(" · ")}
        </span>
      </div>
      <div className="grid gap-1">
        {expectation && <RunProgress run={run} expectation={expectation} />}
        {run.jobs.length > 0 ? (
          <JobSegments jobs={run.jobs} />
        ) : (
          <span className="truncate text-muted text-small">{lookOf(run).word}</span>
        )}
      </div>
      <span className="min-w-12 text-right font-medium">
        <Ticking since={instant(run.run_started_at)} />
      </span>
    </div>
  );
}

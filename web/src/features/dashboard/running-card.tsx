import { ExpectedEnd } from "../../components/expected-end";
import { JobSegments } from "../../components/job-segments";
import { AttemptTag, Origin, RunLink } from "../../components/run-facts";
import { RunProgress } from "../../components/run-progress";
import { StateIcon, TONE_TEXT } from "../../components/state-icon";
import { Ticking } from "../../components/time";
import { ExternalLink } from "../../components/ui/external-link";
import { Icon } from "../../components/ui/icon";
import { Tag } from "../../components/ui/tag";
import { expectationOf } from "../../lib/expectation";
import { currentPlace, failurePlace, type Workflow } from "../../lib/runs";
import { isCompleted, lookOf } from "../../lib/status";
import { clockFace, instant } from "../../lib/time";
import { OnIt } from "../claims/on-it";
import { CardProof } from "./card-proof";
import { DayRuns } from "./day-runs";
import type { BodyProps } from "./workflow-card";

export function RunningCard({ workflow, past, slug, marks }: BodyProps) {
  const run = workflow.latest;
  const look = lookOf(run);
  const expectation = expectationOf(workflow.runs, past?.usual);
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-2 lg:grid-cols-[16px_minmax(0,280px)_minmax(0,1fr)_148px_112px] lg:items-center">
      <StateIcon of={run} className="mt-0.5 lg:mt-0" />
      <div className="min-w-0">
        <div className="flex min-w-0 items-center gap-x-2 max-sm:flex-wrap">
          <h3 className="max-w-full truncate font-semibold text-[14px]/5" dir="auto">
            <RunLink slug={slug} run={run}>
              {workflow.name}
            </RunLink>
          </h3>
          <span className={`shrink-0 ${TONE_TEXT[look.tone]}`}>{look.word}</span>
          <AttemptTag run={run} />
          {failurePlace(run) && <Tag tone="broke">failing</Tag>}
          {marks}
        </div>
        <p className="truncate text-muted" title={run.display_title} dir="auto">
          {run.display_title}
        </p>
        <p className="truncate text-muted text-small">
          {run.actor && `${run.actor.login} · `}
          <Origin run={run} />
        </p>
        <OnIt slug={slug} run={run} runs={workflow.runs} className="mt-1" />
      </div>
      <div className="col-span-2 col-start-2 grid min-w-0 gap-1.5 max-lg:order-last lg:col-span-1 lg:col-start-auto">
        {expectation && look.state === "in_progress" && <RunProgress run={run} expectation={expectation} />}
        <JobSegments jobs={run.jobs} />
        <p className="truncate text-muted text-small">
          <Doing workflow={workflow} />
        </p>
      </div>
      <div className="grid justify-items-end gap-0.5 text-right text-muted tabular-nums">
        <span className="whitespace-nowrap">
          <CardProof workflow={workflow} slug={slug} className="font-medium text-ink">
            <Ticking since={instant(run.run_started_at)} />
          </CardProof>
          {expectation && <span className="max-lg:hidden"> of usually {clockFace(expectation.usual)}</span>}
        </span>
        {expectation && look.state === "in_progress" && <ExpectedEnd run={run} expectation={expectation} />}
      </div>
      <div className="grid justify-items-end gap-1 max-lg:hidden">
        <DayRuns workflow={workflow} slug={slug} most={18} />
        <ExternalLink
          href={run.html_url}
          label={`Open ${workflow.name} on GitHub`}
          className="relative z-10 inline-flex items-center gap-1 text-muted text-small hover:text-ink"
        >
          GitHub <Icon name="out" size={11} />
        </ExternalLink>
      </div>
    </div>
  );
}

function Doing({ workflow: { latest } }: { workflow: Workflow }) {
  const place = currentPlace(latest);
  const done = latest.jobs.filter(isCompleted).length;
  if (latest.jobs.length === 0) return <>No job has started yet</>;
  const jobs = `${done} of ${latest.jobs.length} jobs done`;
  if (!place) return <>{jobs}</>;
  return (
    <>
      {jobs} · <span className="font-mono">{[place.job.name, place.step?.name].filter(Boolean).join(" · ")}</span>
    </>
  );
}

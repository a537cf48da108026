import { WhatIsWrong } from "../../components/failed-at";
import { JobSegments } from "../../components/job-segments";
import { AttemptTag, Origin, RunLink } from "../../components/run-facts";
import { StateIcon, TONE_TEXT } from "../../components/state-icon";
import { Age } from "../../components/time";
import { Avatar } from "../../components/ui/avatar";
import { ExternalLink } from "../../components/ui/external-link";
import { Icon } from "../../components/ui/icon";
import { troubleSince } from "../../lib/runs";
import { lookOf } from "../../lib/status";
import { OnIt } from "../claims/on-it";
import { CardProof } from "./card-proof";
import { DayRuns } from "./day-runs";
import { HealthLabel } from "./health-label";
import { streakOf } from "./streak";
import type { BodyProps } from "./workflow-card";

export function NeedsCard({ workflow, health, slug, marks }: BodyProps) {
  const run = workflow.latest;
  const look = lookOf(run);
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-2 lg:grid-cols-[16px_minmax(0,1fr)_minmax(0,220px)_132px_112px] lg:items-center">
      <StateIcon of={run} className="mt-0.5 lg:mt-0" />
      <div className="min-w-0">
        <div className="flex min-w-0 items-center gap-x-2 max-sm:flex-wrap">
          <h3 className="max-w-full truncate font-semibold text-title" dir="auto">
            <RunLink slug={slug} run={run}>
              {workflow.name}
            </RunLink>
          </h3>
          <span className={`shrink-0 ${TONE_TEXT[look.tone]}`}>{look.word}</span>
          <AttemptTag run={run} />
          {marks}
        </div>
        <p className="truncate text-muted">
          <HealthLabel health={health} />
          <WhatIsWrong run={run} />
        </p>
        <OnIt slug={slug} run={run} runs={workflow.runs} className="mt-1.5" />
        <div className="mt-2 max-w-72 lg:hidden">
          <JobSegments jobs={run.jobs} />
        </div>
      </div>
      <div className="col-span-2 col-start-2 min-w-0 max-lg:order-last lg:col-span-1 lg:col-start-auto">
        <div className="flex min-w-0 items-center gap-2">
          {run.actor && <Avatar login={run.actor.login} />}
          <span className="min-w-0">
            <span className="block truncate" dir="auto" title={run.display_title}>
              {run.display_title}
            </span>
            <span className="block truncate text-muted text-small">
              {run.actor?.login} · <Origin run={run} />
            </span>
          </span>
        </div>
      </div>
      <div className="max-lg:hidden">
        <DayRuns workflow={workflow} slug={slug} most={18} />
        <div className="truncate text-muted text-small">{streakOf(workflow)}</div>
      </div>
      <div className="grid justify-items-end gap-1 text-right">
        <CardProof workflow={workflow} slug={slug} className="font-medium">
          <Age since={troubleSince(workflow)} />
        </CardProof>
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

import { RunLink } from "../../components/run-facts";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { ExternalLink } from "../../components/ui/external-link";
import { Icon } from "../../components/ui/icon";
import { Tag } from "../../components/ui/tag";
import { elapsed, lastChange } from "../../lib/runs";
import { lookOf } from "../../lib/status";
import { duration } from "../../lib/time";
import { CardProof } from "./card-proof";
import { DayRuns } from "./day-runs";
import { HealthLabel } from "./health-label";
import type { BodyProps } from "./workflow-card";

export function FineCard({ workflow, health, slug, flaky, marks }: BodyProps) {
  const run = workflow.latest;
  const facts = [lookOf(run).word, duration(elapsed(run, 0)), run.run_attempt > 1 && `attempt ${run.run_attempt}`];
  const origin = [run.display_title, run.head_branch, run.actor?.login, run.event].filter(Boolean).join(" · ");
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)_auto_auto_auto] items-center gap-x-2.5">
      <StateIcon of={run} />
      <div className="min-w-0">
        <div className="flex min-w-0 items-center gap-x-2 max-sm:flex-wrap">
          <h3 className="max-w-full truncate font-medium" dir="auto" title={origin}>
            <RunLink slug={slug} run={run}>
              {workflow.name}
            </RunLink>
          </h3>
          {flaky && <Tag tone="waits">flaky</Tag>}
          {marks}
        </div>
        <p className="truncate text-muted text-small" dir="auto">
          <HealthLabel health={health} />
          {facts.filter(Boolean).join(" · ")} · {run.head_branch ?? run.event}
        </p>
      </div>
      <DayRuns workflow={workflow} slug={slug} most={10} />
      <span className="min-w-12 text-right text-muted">
        <CardProof workflow={workflow} slug={slug}>
          <Age since={lastChange(run)} />
        </CardProof>
      </span>
      <ExternalLink
        href={run.html_url}
        label={`Open ${workflow.name} on GitHub`}
        className="relative z-10 -m-1 p-1 text-dim hover:text-ink"
      >
        <Icon name="out" size={13} />
      </ExternalLink>
    </div>
  );
}

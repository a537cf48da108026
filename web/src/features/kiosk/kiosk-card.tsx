import { memo } from "react";
import type { RunDetail } from "../../api/types";
import { RunProgress } from "../../components/run-progress";
import { StateIcon } from "../../components/state-icon";
import { Age, Ticking } from "../../components/time";
import { sameWorkflow } from "../../lib/derive";
import { expectationOf } from "../../lib/expectation";
import { currentPlace, failurePlace, lastChange, type Place, troubleSince, type Workflow } from "../../lib/runs";
import { isBroken, lookOf, type Tone } from "../../lib/status";
import { instant } from "../../lib/time";
import { ClaimedBy } from "../claims/claimed-by";

interface KioskCardProps {
  workflow: Workflow;
  slug: string;
  /** Its repository, where there are several. */
  repository: string | undefined;
  /** How many lines there is room for below the first two. */
  detail: number;
}

/** What broke fills its card; what is fine recedes. The shape and the word say the same as the colour. */
const SURFACE: Record<Tone, string> = {
  broke: "bg-broke text-bg [&_*]:text-bg",
  waits: "bg-waits-soft outline-2 outline-waits -outline-offset-2",
  moves: "bg-moves-soft",
  passed: "bg-raised",
  quiet: "bg-raised text-muted",
};

export const KioskCard = memo(
  function KioskCard({ workflow, slug, repository, detail }: KioskCardProps) {
    const run = workflow.latest;
    const look = lookOf(run);
    const expectation = look.state === "in_progress" ? expectationOf(workflow.runs, null) : null;
    return (
      <article
        data-testid="workflow-card"
        data-state={look.state}
        data-tone={look.tone}
        className={`flex min-h-0 min-w-0 flex-col justify-center overflow-hidden rounded-[0.3em] px-[0.6em] leading-tight ${SURFACE[look.tone]}`}
      >
        <div className="flex min-w-0 items-center gap-[0.4em]">
          <StateIcon of={run} className="size-[1em]!" />
          <h3 className="truncate font-semibold" dir="auto">
            {workflow.name}
          </h3>
        </div>
        <p className="truncate text-[0.78em]">
          <span className="font-medium">{look.word}</span> <Since workflow={workflow} />
          <ClaimedBy slug={slug} workflow={workflow} />
          {repository && detail === 0 && <span className="text-muted"> · {repository}</span>}
        </p>
        {detail > 0 && (
          <p className="truncate text-[0.78em] text-muted" dir="auto">
            {[repository, where(workflow)].filter(Boolean).join(" · ")}
          </p>
        )}
        {detail > 1 && (
          <p className="truncate text-[0.78em] text-muted" dir="auto">
            {[run.actor?.login, run.display_title].filter(Boolean).join(" · ")}
          </p>
        )}
        {detail > 2 && expectation && (
          <div className="mt-[0.4em] [&>div]:h-[0.25em]!">
            <RunProgress run={run} expectation={expectation} />
          </div>
        )}
      </article>
    );
  },
  (a, b) =>
    a.detail === b.detail && a.slug === b.slug && a.repository === b.repository && sameWorkflow(a.workflow, b.workflow),
);

function Since({ workflow }: { workflow: Workflow }) {
  const run = workflow.latest;
  if (workflow.section === "needs") return <Age since={troubleSince(workflow)} />;
  if (lookOf(run).state === "in_progress") return <Ticking since={instant(run.run_started_at)} />;
  return <Age since={lastChange(run)} />;
}

/** Where it broke, what it waits for, or what it is doing. How it stands is said above. */
function where({ latest, section }: Workflow): string | null | undefined {
  if (section === "needs") return nameOf(isBroken(latest) ? failurePlace(latest) : waitingPlace(latest));
  return nameOf(currentPlace(latest)) ?? latest.head_branch ?? latest.event;
}

const nameOf = (place: Place | undefined): string | undefined =>
  place && [place.job.name, place.step?.name].filter(Boolean).join(" · ");

function waitingPlace({ jobs }: RunDetail): Place | undefined {
  const job = jobs.find(({ status }) => status === "waiting");
  return job && { job, step: undefined };
}

import { memo, type ReactNode } from "react";
import type { WorkflowPast } from "../../api/types";
import { sameWorkflow } from "../../lib/derive";
import type { Health } from "../../lib/health";
import type { Workflow } from "../../lib/runs";
import { lookOf } from "../../lib/status";
import { type FlashMemory, useFlash } from "../../lib/use-flash";
import { CardMarks } from "../marks/card-marks";
import { FineCard } from "./fine-card";
import { NeedsCard } from "./needs-card";
import { RunningCard } from "./running-card";

interface WorkflowCardProps {
  workflow: Workflow;
  /** How it does compared with the day before, as soon as that is known. */
  health: Health | undefined;
  /** What is known of it from the days before. */
  past: WorkflowPast | undefined;
  slug: string;
  /** The day it is shown of. */
  date: string;
  /** Whether the viewer has looked at it as it stands. */
  reviewed: boolean;
  /** Whether it passed where it had failed on the same commit. */
  flaky: boolean;
  /** What the cards said before, so that what has just changed is highlighted. */
  flashes: FlashMemory;
}

export interface BodyProps {
  workflow: Workflow;
  health: Health | undefined;
  past: WorkflowPast | undefined;
  slug: string;
  flaky: boolean;
  /** What the viewer has done about it. */
  marks: ReactNode;
}

const BODY = { needs: NeedsCard, running: RunningCard, fine: FineCard, other: FineCard };
const SHAPE = {
  needs:
    "py-3.5 px-4 sm:px-3 sm:-mx-3 sm:rounded-lg mb-px sm:mb-1.5 data-[tone=broke]:bg-broke-soft data-[tone=waits]:bg-waits-soft",
  running: "border-t py-3 px-4 sm:px-0 last:border-b",
  fine: "border-t py-2 px-4 sm:px-0",
  other: "border-t py-2 px-4 sm:px-0",
};

/** Another one means that something has changed. */
export const signature = ({ latest }: Workflow): string => `${latest.id} ${latest.run_attempt} ${lookOf(latest).state}`;

/** One workflow, shown by its newest run: large where somebody is needed, a line where all is well. */
export const WorkflowCard = memo(
  function WorkflowCard({ workflow, health, past, slug, date, reviewed, flaky, flashes }: WorkflowCardProps) {
    const Body = BODY[workflow.section];
    const look = lookOf(workflow.latest);
    const element = useFlash<HTMLElement>(flashes, workflow.key, signature(workflow));
    return (
      <article
        ref={element}
        data-testid="workflow-card"
        data-state={look.state}
        data-tone={look.tone}
        data-run-id={workflow.latest.id}
        data-reviewed={reviewed ? "" : undefined}
        className={`group/card relative min-w-0 data-reviewed:bg-transparent! data-reviewed:grayscale ${SHAPE[workflow.section]}`}
      >
        <Body
          workflow={workflow}
          health={health}
          past={past}
          slug={slug}
          flaky={flaky}
          marks={<CardMarks workflow={workflow} date={date} reviewed={reviewed} />}
        />
      </article>
    );
  },
  (a, b) =>
    a.health === b.health &&
    a.past === b.past &&
    a.slug === b.slug &&
    a.date === b.date &&
    a.reviewed === b.reviewed &&
    a.flaky === b.flaky &&
    a.flashes === b.flashes &&
    sameWorkflow(a.workflow, b.workflow),
);

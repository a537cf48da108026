import { memo, type ReactNode } from "react";
import { sameWorkflow } from "../../lib/derive";
import type { Workflow } from "../../lib/runs";
import { lookOf } from "../../lib/status";
import { CardMarks } from "../marks/card-marks";
import { FineCard } from "./fine-card";
import { NeedsCard } from "./needs-card";
import { RunningCard } from "./running-card";

interface WorkflowCardProps {
  workflow: Workflow;
  slug: string;
  /** The day it is shown of. */
  date: string;
  /** Whether the viewer has looked at it as it stands. */
  reviewed: boolean;
  /** Whether it passed where it had failed on the same commit. */
  flaky: boolean;
  /** Highlights the card when it has just changed. */
  flash: string;
}

export interface BodyProps {
  workflow: Workflow;
  slug: string;
  flaky: boolean;
  /** What the viewer has done about it. */
  marks: ReactNode;
}

const BODY = { needs: NeedsCard, running: RunningCard, fine: FineCard, other: FineCard };
const SHAPE = {
  needs:
    "[contain-intrinsic-block-size:auto_76px] py-3.5 px-4 sm:px-3 sm:-mx-3 sm:rounded-lg mb-px sm:mb-1.5 data-[tone=broke]:bg-broke-soft data-[tone=waits]:bg-waits-soft",
  running: "[contain-intrinsic-block-size:auto_88px] border-t py-3 px-4 sm:px-0 last:border-b",
  fine: "[contain-intrinsic-block-size:auto_53px] border-t py-2 px-4 sm:px-0",
  other: "[contain-intrinsic-block-size:auto_53px] border-t py-2 px-4 sm:px-0",
};

/** One workflow, shown by its newest run: large where somebody is needed, a line where all is well. */
export const WorkflowCard = memo(
  function WorkflowCard({ workflow, slug, date, reviewed, flaky, flash }: WorkflowCardProps) {
    const Body = BODY[workflow.section];
    const look = lookOf(workflow.latest);
    return (
      <article
        data-testid="workflow-card"
        data-state={look.state}
        data-tone={look.tone}
        data-run-id={workflow.latest.id}
        data-reviewed={reviewed ? "" : undefined}
        className={`group/card asleep-off-screen relative min-w-0 data-reviewed:bg-transparent! data-reviewed:grayscale ${SHAPE[workflow.section]} ${flash}`}
      >
        <Body
          workflow={workflow}
          slug={slug}
          flaky={flaky}
          marks={<CardMarks workflow={workflow} date={date} reviewed={reviewed} />}
        />
      </article>
    );
  },
  (a, b) =>
    a.slug === b.slug &&
    a.date === b.date &&
    a.reviewed === b.reviewed &&
    a.flaky === b.flaky &&
    a.flash === b.flash &&
    sameWorkflow(a.workflow, b.workflow),
);

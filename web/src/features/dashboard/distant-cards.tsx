import { memo, useEffect } from "react";
import { RunLink } from "../../components/run-facts";
import { sameWorkflow } from "../../lib/derive";
import type { Workflow } from "../../lib/runs";
import { lookOf } from "../../lib/status";
import type { FlashMemory } from "../../lib/use-flash";
import type { Near } from "../../lib/use-near";
import { signature } from "./workflow-card";

interface DistantCardsProps {
  workflows: Workflow[];
  slug: string;
  flashes: FlashMemory;
  near: Near;
  /** How the list is laid out. */
  layout: string;
  /** Before what is seen, or behind it. */
  where: "before" | "behind";
}

/** Cards that nobody sees, where they would be: the browser leaves out all of them together. */
export function DistantCards({ workflows, slug, flashes, near, layout, where }: DistantCardsProps) {
  const height = Math.ceil(workflows.length / near.columns) * near.rowHeight;
  return (
    <div
      {...{ [`data-${where}`]: "" }}
      className={`asleep-off-screen col-span-full ${layout || "grid"}`}
      style={{ height, gridAutoRows: near.rowHeight }}
    >
      {workflows.map((workflow) => (
        <DistantCard key={workflow.key} workflow={workflow} slug={slug} flashes={flashes} />
      ))}
    </div>
  );
}

type DistantCardProps = Pick<DistantCardsProps, "slug" | "flashes"> & { workflow: Workflow };

/** Enough to search the page for it, to go to it by keyboard, and to have it read out. */
const DistantCard = memo(
  function DistantCard({ workflow, slug, flashes }: DistantCardProps) {
    const look = lookOf(workflow.latest);
    // What changes here has changed already when it is seen.
    useEffect(() => void flashes.seen.set(workflow.key, signature(workflow)));
    return (
      <article
        data-testid="workflow-card"
        data-state={look.state}
        data-tone={look.tone}
        data-run-id={workflow.latest.id}
        data-distant=""
        className="relative min-w-0 border-t px-4 py-2 sm:px-0"
      >
        <h3 className="truncate pl-[26px] font-medium" dir="auto">
          <RunLink slug={slug} run={workflow.latest}>
            {workflow.name}
          </RunLink>
        </h3>
        <p className="sr-only">{look.word}</p>
      </article>
    );
  },
  (a, b) => a.slug === b.slug && a.flashes === b.flashes && sameWorkflow(a.workflow, b.workflow),
);

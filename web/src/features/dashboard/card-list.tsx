import { useRef } from "react";
import type { RunList } from "../../api/types";
import { isFlaky } from "../../lib/flaky";
import { isReviewed, type Marks } from "../../lib/marks";
import type { Workflow } from "../../lib/runs";
import type { Section } from "../../lib/status";
import type { FlashMemory } from "../../lib/use-flash";
import { useNear } from "../../lib/use-near";
import type { Compared } from "../day/compare";
import { DistantCards } from "./distant-cards";
import { WorkflowCard } from "./workflow-card";

const COLUMNS = "grid sm:gap-x-8 sm:grid-cols-[repeat(auto-fill,minmax(min(320px,100%),1fr))]";
const isSmall = ({ section }: Workflow): boolean => section === "fine" || section === "other";
/** In pixels, on a screen that is not small. */
const ROW: Record<Section, number> = { needs: 104, running: 88, fine: 53, other: 53 };

interface CardListProps {
  workflows: Workflow[];
  list: RunList;
  compared: Compared;
  marks: Marks;
  flashes: FlashMemory;
}

/** The cards of a section: those near the window as they are, the others as little more than their names. */
export function CardList({ workflows, list: { repo, date, failed_before }, compared, marks, flashes }: CardListProps) {
  const element = useRef<HTMLDivElement>(null);
  const near = useNear(element, workflows.length, ROW[workflows[0]?.section ?? "fine"]);
  const layout = workflows.every(isSmall) ? COLUMNS : "";
  const distant = { slug: repo.slug, flashes, near, layout };
  return (
    <div ref={element} className={layout}>
      {near.first > 0 && <DistantCards where="before" workflows={workflows.slice(0, near.first)} {...distant} />}
      {workflows.slice(near.first, near.last).map((workflow) => (
        <WorkflowCard
          key={workflow.key}
          workflow={workflow}
          health={compared.health.get(workflow.key)}
          past={compared.past.get(workflow.key)}
          slug={repo.slug}
          date={date}
          reviewed={isReviewed(marks, workflow, date)}
          flaky={isFlaky(workflow.latest, failed_before, workflow.runs)}
          flashes={flashes}
        />
      ))}
      {near.last < workflows.length && (
        <DistantCards where="behind" workflows={workflows.slice(near.last)} {...distant} />
      )}
    </div>
  );
}

import { type ReactNode, useMemo } from "react";
import type { RunList } from "../../api/types";
import { Section } from "../../components/section";
import { derive } from "../../lib/derive";
import { isFlaky } from "../../lib/flaky";
import type { Health } from "../../lib/health";
import { arrange, isReviewed, toggled } from "../../lib/marks";
import type { Workflow } from "../../lib/runs";
import { useFlashMemory } from "../../lib/use-flash";
import type { Compared } from "../day/compare";
import { BoardFoot } from "../marks/board-foot";
import { useMarking } from "../marks/marking";
import { DayTimeline } from "./day-timeline";
import { WorkflowCard } from "./workflow-card";

const COLUMNS = "grid sm:gap-x-8 sm:grid-cols-[repeat(auto-fill,minmax(min(320px,100%),1fr))]";
const isSmall = ({ section }: Workflow): boolean => section === "fine" || section === "other";

interface DashboardProps {
  list: RunList;
  /** The day beside those before it. */
  compared: Compared;
  /** Workflows that do so, and nothing else. */
  only: Health | null;
  /** Another one where somebody wants to see something else. */
  view: string;
  /** What should have run, above everything that did. */
  missed: ReactNode;
  /** What did not run, below it. */
  idle: ReactNode;
}

export function Dashboard({ list, compared, only, view, missed, idle }: DashboardProps) {
  const all = derive(list).workflows;
  const { health, past } = compared;
  const workflows = useMemo(
    () => (only ? all.filter(({ key }) => health.get(key) === only) : all),
    [all, health, only],
  );
  const { slug } = list.repo;
  const { marks, change } = useMarking();
  const { collapsed, hidden: concealed, grouped } = marks;
  const flashes = useFlashMemory(JSON.stringify([view, only, collapsed, concealed, grouped]));
  const { groups, hidden } = useMemo(() => arrange(workflows, marks, list.date), [workflows, marks, list.date]);
  const fold = (id: string, closed: boolean) =>
    change((all) => ({ ...all, collapsed: toggled(all.collapsed, id, closed) }));
  return (
    <div className="py-5 pb-8 sm:px-6">
      {!only && missed}
      {groups.map(({ id, title, workflows: some }) => {
        const closed = marks.collapsed.includes(id);
        return (
          <Section
            key={id}
            id={id}
            title={title}
            note={some.length}
            urgent={id === "needs"}
            closed={closed}
            onToggle={() => fold(id, !closed)}
          >
            <div className={some.every(isSmall) ? COLUMNS : ""}>
              {some.map((workflow) => (
                <WorkflowCard
                  key={workflow.key}
                  workflow={workflow}
                  health={health.get(workflow.key)}
                  past={past.get(workflow.key)}
                  slug={slug}
                  date={list.date}
                  reviewed={isReviewed(marks, workflow, list.date)}
                  flaky={isFlaky(workflow.latest, list.failed_before, workflow.runs)}
                  flashes={flashes}
                />
              ))}
            </div>
          </Section>
        );
      })}
      <BoardFoot hidden={hidden} />
      {!only && idle}
      <DayTimeline list={list} workflows={workflows} />
    </div>
  );
}

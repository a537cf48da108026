import { type ReactNode, useContext, useMemo } from "react";
import type { RunList } from "../../api/types";
import { Section } from "../../components/section";
import { derive } from "../../lib/derive";
import { isFlaky } from "../../lib/flaky";
import type { Health } from "../../lib/health";
import { arrange, isReviewed, toggled } from "../../lib/marks";
import type { Workflow } from "../../lib/runs";
import { lookOf } from "../../lib/status";
import { flashClass, useFlashes } from "../../lib/use-flashes";
import { ComparedContext } from "../day/compared-context";
import { BoardFoot } from "../marks/board-foot";
import { useMarking } from "../marks/marking";
import { DayTimeline } from "./day-timeline";
import { WorkflowCard } from "./workflow-card";

const COLUMNS = "grid sm:gap-x-8 sm:grid-cols-[repeat(auto-fill,minmax(min(320px,100%),1fr))]";
const isSmall = ({ section }: Workflow): boolean => section === "fine" || section === "other";

interface DashboardProps {
  list: RunList;
  /** Workflows that do so, and nothing else. */
  only: Health | null;
  /** What should have run, above everything that did. */
  missed: ReactNode;
  /** What did not run, below it. */
  idle: ReactNode;
}

export function Dashboard({ list, only, missed, idle }: DashboardProps) {
  const all = derive(list).workflows;
  const health = useContext(ComparedContext)?.health;
  const workflows = useMemo(
    () => (only ? all.filter(({ key }) => health?.get(key) === only) : all),
    [all, health, only],
  );
  const signatures = useMemo(
    () => new Map(workflows.map((workflow) => [workflow.key, signature(workflow)])),
    [workflows],
  );
  const flashes = useFlashes(signatures);
  const { slug } = list.repo;
  const { marks, change } = useMarking();
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
                  slug={slug}
                  date={list.date}
                  reviewed={isReviewed(marks, workflow, list.date)}
                  flaky={isFlaky(workflow.latest, list.failed_before, workflow.runs)}
                  flash={flashClass(flashes.get(workflow.key))}
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

function signature({ latest }: Workflow): string {
  return `${latest.id} ${latest.run_attempt} ${lookOf(latest).state}`;
}

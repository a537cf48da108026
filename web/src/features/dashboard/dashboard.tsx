import { type ReactNode, useContext, useMemo } from "react";
import type { RunList } from "../../api/types";
import { Section } from "../../components/section";
import { derive } from "../../lib/derive";
import { isFlaky } from "../../lib/flaky";
import type { Health } from "../../lib/health";
import { inSection, type Workflow } from "../../lib/runs";
import { lookOf, type Section as SectionName } from "../../lib/status";
import { flashClass, useFlashes } from "../../lib/use-flashes";
import { ComparedContext } from "../day/compared-context";
import { DayTimeline } from "./day-timeline";
import { WorkflowCard } from "./workflow-card";

const SECTIONS: { name: SectionName; title: string; className: string }[] = [
  { name: "needs", title: "Needs somebody", className: "" },
  { name: "running", title: "Running", className: "" },
  {
    name: "fine",
    title: "Fine",
    className: "grid sm:gap-x-8 sm:grid-cols-[repeat(auto-fill,minmax(min(320px,100%),1fr))]",
  },
  {
    name: "other",
    title: "Other",
    className: "grid sm:gap-x-8 sm:grid-cols-[repeat(auto-fill,minmax(min(320px,100%),1fr))]",
  },
];

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
  return (
    <div className="py-5 pb-8 sm:px-6">
      {!only && missed}
      {SECTIONS.map(({ name, title, className }) => {
        const some = inSection(workflows, name);
        if (some.length === 0) return null;
        return (
          <Section key={name} id={name} title={title} note={some.length} urgent={name === "needs"}>
            <div className={className}>
              {some.map((workflow) => (
                <WorkflowCard
                  key={workflow.key}
                  workflow={workflow}
                  slug={list.repo.slug}
                  flaky={isFlaky(workflow.latest, list.failed_before, workflow.runs)}
                  flash={flashClass(flashes.get(workflow.key))}
                />
              ))}
            </div>
          </Section>
        );
      })}
      {!only && idle}
      <DayTimeline list={list} workflows={workflows} />
    </div>
  );
}

function signature({ latest }: Workflow): string {
  return `${latest.id} ${latest.run_attempt} ${lookOf(latest).state}`;
}

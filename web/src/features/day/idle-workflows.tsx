import type { WorkflowPast } from "../../api/types";
import { Section } from "../../components/section";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { lookOf } from "../../lib/status";
import { instant } from "../../lib/time";
import { runPath } from "../../routing/paths";
import type { Compared } from "./compare";

interface IdleWorkflowsProps {
  slug: string;
  compared: Compared;
}

/** What ran in the days before and not on this one. */
export function IdleWorkflows({ slug, compared: { idle, before } }: IdleWorkflowsProps) {
  if (!before || !idle || idle.length === 0) return null;
  const span = before.from_history ? "ran in the 30 days before" : "ran in the two days that are in memory";
  return (
    <Section id="idle" title="Didn't run" note={`${idle.length} that ${span}`}>
      <ul className="grid sm:grid-cols-[repeat(auto-fill,minmax(min(320px,100%),1fr))] sm:gap-x-8">
        {idle.map((workflow) => (
          <Idle key={`${workflow.workflow_id} ${workflow.name}`} slug={slug} workflow={workflow} />
        ))}
      </ul>
    </Section>
  );
}

function Idle({ slug, workflow: { name, last_run: run } }: { slug: string; workflow: WorkflowPast }) {
  if (!run) return null;
  return (
    <li
      data-testid="idle-workflow"
      className="relative grid grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2.5 border-t px-4 py-2 sm:px-0"
    >
      <StateIcon of={run} />
      <span className="truncate" dir="auto">
        <a href={runPath(slug, run.id)} className="after:absolute after:inset-0">
          {name}
        </a>
        <span className="text-muted text-small"> · {lookOf(run).word}</span>
      </span>
      <span className="text-muted">
        <Age since={instant(run.run_started_at)} suffix=" ago" />
      </span>
    </li>
  );
}

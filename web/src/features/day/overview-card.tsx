import { Card } from "../../components/card";
import { elapsed, type Numbers, type Workflow } from "../../lib/runs";
import { isCompleted } from "../../lib/status";
import { duration } from "../../lib/time";

interface OverviewCardProps {
  numbers: Numbers;
  workflows: Workflow[];
  /** How many did not run; nothing as long as that is not known. */
  idle: number | null;
}

export function OverviewCard({ numbers, workflows, idle }: OverviewCardProps) {
  const runs = workflows.flatMap((workflow) => workflow.runs);
  const runtime = runs.filter(isCompleted).reduce((sum, run) => sum + elapsed(run, 0), 0);
  const completed = numbers.total - numbers.inProgress;
  const facts = [
    ["workflows", "Workflows", numbers.workflows],
    ["completed", "Completed", numbers.inProgress ? `${completed} of ${numbers.total}` : completed],
    ["idle", "Didn't run", idle ?? "–"],
    ["runtime", "Total runtime", runtime > 0 ? duration(runtime) : "–"],
  ];
  return (
    <Card title="Overview" testId="card-overview">
      <dl className="grid grid-cols-[minmax(0,1fr)]">
        {facts.map(([key, label, value]) => (
          <div key={key} data-testid={`overview-${key}`} className="flex justify-between gap-2 leading-[18px]">
            <dt className="truncate text-muted">{label}</dt>
            <dd className="whitespace-nowrap font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

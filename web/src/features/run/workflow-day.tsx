import type { RunDetail } from "../../api/types";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import type { Expectation } from "../../lib/expectation";
import { elapsed, lastChange, numbersOf, percent, successRate } from "../../lib/runs";
import { isCompleted, lookOf } from "../../lib/status";
import { clockFace, duration } from "../../lib/time";
import { runPath } from "../../routing/paths";

interface WorkflowDayProps {
  slug: string;
  current: number;
  /** The workflow's runs of the day, newest first. */
  runs: RunDetail[];
  expectation: Expectation | null;
}

/** How this run compares: the workflow's other runs of the day, and what is usual for it. */
export function WorkflowDay({ slug, current, runs, expectation }: WorkflowDayProps) {
  const numbers = numbersOf(runs);
  const facts = [
    ["usual duration", expectation ? clockFace(expectation.usual) : "–"],
    ...(expectation?.late ? [["95 % take at most", clockFace(expectation.late)]] : []),
    ["failed today", `${numbers.failed} of ${numbers.passed + numbers.failed}`],
    ["success today", percent(successRate(numbers))],
  ];
  return (
    <div className="px-4 pb-6 sm:px-6 xl:px-5">
      <h2 className="flex h-14 items-center font-semibold text-title">Usually</h2>
      <dl className="border-b">
        {facts.map(([label, value]) => (
          <div key={label} className="flex justify-between border-t py-2.5">
            <dt className="text-muted">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h2 className="flex h-14 items-center font-semibold text-title">Its runs today</h2>
      <ol>
        {runs.map((run) => (
          <li
            key={run.id}
            className={`relative grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-2.5 gap-y-0.5 border-t py-2.5 ${run.id === current ? "-mx-3 rounded-lg bg-sunken px-3" : ""}`}
          >
            <StateIcon of={run} className="mt-0.5" />
            <a
              href={runPath(slug, run.id)}
              aria-current={run.id === current ? "page" : undefined}
              className="truncate font-medium after:absolute after:inset-0"
            >
              {lookOf(run).word} {run.run_number && <span className="font-normal text-muted">#{run.run_number}</span>}
            </a>
            <span className="text-dim">
              <Age since={lastChange(run)} />
            </span>
            <span className="col-span-2 col-start-2 truncate text-muted" dir="auto">
              {[isCompleted(run) && duration(elapsed(run, 0)), run.head_branch, run.display_title]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

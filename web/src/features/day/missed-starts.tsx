import type { RunList, WorkflowList } from "../../api/types";
import { StateIcon } from "../../components/state-icon";
import { later } from "../../lib/later";
import { missedStarts } from "../../lib/missed";
import { minuteOfDay } from "../../lib/time";
import { useClock } from "../../lib/use-clock";

interface MissedStartsProps {
  list: RunList;
  before: WorkflowList;
  when: string;
}

/** Schedules that did not start anything: what nobody reports is easily overlooked. */
export const MissedStarts = later(function MissedStarts({ list, before, when }: MissedStartsProps) {
  const minute = useClock((now) => Math.floor(now / 60_000) * 60_000);
  const missed = missedStarts(before.workflows, list.runs, minute);
  if (missed.length === 0) return null;
  return (
    <ul aria-label="Not started" className="mb-6">
      {missed.map(({ name, at }) => (
        <li
          key={`${name} ${at}`}
          data-testid="missed-start"
          className="mb-px flex items-start gap-3 bg-waits-soft px-4 py-2.5 sm:-mx-3 sm:mb-1 sm:rounded-lg sm:px-3"
        >
          <StateIcon of={{ status: "waiting" }} className="mt-0.5" />
          <span className="min-w-0">
            <b className="font-semibold" dir="auto">
              {name}
            </b>{" "}
            <span className="text-muted">
              usually starts at {minuteOfDay(at)}, not seen {when}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
});

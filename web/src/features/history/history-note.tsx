import type { DayHistory } from "../../api/types";
import { Moment } from "../../components/time";
import { Icon } from "../../components/ui/icon";
import { instant } from "../../lib/time";

const count = new Intl.NumberFormat("en-GB");

/** How much of a past day is here, where that is not all of it. */
export function HistoryNote({ history }: { history: DayHistory }) {
  if (history.state === "complete") return null;
  return (
    <div
      data-testid="history-note"
      data-state={history.state}
      className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b px-4 py-2 text-muted text-small sm:px-6"
    >
      {history.state === "fetching" ? <OnItsWay history={history} /> : <Lacking history={history} />}
    </div>
  );
}

function OnItsWay({ history: { done, total } }: { history: DayHistory }) {
  const soFar =
    total === null ? done > 0 && `${count.format(done)} runs` : `${count.format(done)} of ${count.format(total)} runs`;
  return (
    <>
      {/* Only that it goes on is read out: the numbers change with every hundred runs. */}
      <p role="status">This day is being fetched from GitHub</p>
      <progress
        aria-label="Runs fetched from GitHub"
        className="history-progress w-full max-w-64 sm:w-48"
        max={total || undefined}
        value={total ? Math.min(done, total) : undefined}
      />
      <span className="tabular-nums">{soFar}</span>
    </>
  );
}

function Lacking({ history: { state, reason, retryAt } }: { history: DayHistory }) {
  const broke = state === "failed";
  return (
    <>
      <Icon name={broke ? "unlinked" : "board"} size={14} className={broke ? "text-waits" : ""} />
      <p role="status" className="min-w-0 flex-1 basis-60">
        {broke && "This day may not be whole. "}
        {reason}
        {retryAt && (
          <>
            {" "}
            GitHub is asked again at <Moment at={instant(retryAt)} />.
          </>
        )}
      </p>
    </>
  );
}

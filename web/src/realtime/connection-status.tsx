import { age, timeOfDay } from "../lib/time";
import { useLiveClock } from "../lib/use-clock";
import { useConnection } from "./context";

/** How live the page is, in one line, always in the header. */
export function ConnectionStatus() {
  const { phase, since, latency, lastUpdateAt, polled } = useConnection();
  const asks = phase === "live" && Object.keys(polled).length > 0;
  return (
    <div
      data-testid="connection-state"
      data-phase={phase}
      className="flex min-w-0 items-center gap-2 whitespace-nowrap text-muted tabular-nums"
    >
      {asks && (
        <>
          <span className="size-2 shrink-0 rounded-full border border-waits" />
          <span className="font-medium text-ink">
            Asks every {Math.max(...Object.values(polled).map((each) => each.pollEvery))} s
          </span>
        </>
      )}
      {phase === "live" && !asks && (
        <>
          <span className="size-2 shrink-0 rounded-full bg-passed ring-3 ring-passed-soft" />
          <span className="font-medium text-ink">Live</span>
          <span className="truncate max-sm:hidden">
            {latency !== null && `${Math.round(latency)} ms · `}
            {lastUpdateAt === null ? "waiting for the first update" : <LastUpdate at={lastUpdateAt} />}
          </span>
        </>
      )}
      {phase === "connecting" && (
        <>
          <span className="size-2 shrink-0 rounded-full border border-moves" />
          Connecting…
        </>
      )}
      {phase === "failed" && (
        <>
          <span className="size-2 shrink-0 rounded-[2px] bg-broke" />
          <span className="font-medium text-broke">Not live</span>
          <span>as of {timeOfDay(since)}</span>
        </>
      )}
    </div>
  );
}

function LastUpdate({ at }: { at: number }) {
  return <>updated {useLiveClock((now) => age(now - at))} ago</>;
}

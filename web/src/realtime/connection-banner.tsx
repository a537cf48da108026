import type { ReactNode } from "react";
import { Button } from "../components/ui/button";
import { Icon } from "../components/ui/icon";
import { age, timeOfDay } from "../lib/time";
import { useLiveClock } from "../lib/use-clock";
import type { Connection } from "./connection-state";
import { useConnection, useRetryNow } from "./context";
import type { Polled } from "./polling";

/** Everything that keeps the page from being live, said where it cannot be missed. */
export function ConnectionBanner() {
  const connection = useConnection();
  const retryNow = useRetryNow();
  if (connection.phase === "failed") return <FailedBanner connection={connection} onRetry={retryNow} />;
  const polled = Object.entries(connection.polled);
  if (polled.length > 0) return <SwitchedOff polled={polled} />;
  if (connection.draining) return <Note>The server is about to restart. This page reconnects by itself.</Note>;
  const refused = Object.entries(connection.refusals)[0];
  return refused ? (
    <Note>
      No live updates for {refused[0]}: {refused[1]}
    </Note>
  ) : null;
}

export function FailedBanner({ connection, onRetry }: { connection: Connection; onRetry: () => void }) {
  const { cause, since, lastUpdateAt } = connection;
  return (
    <div
      role="alert"
      data-testid="websocket-error"
      className="sticky top-0 z-30 flex flex-wrap items-center gap-x-3 gap-y-2 border-b bg-broke-soft px-4 py-2.5 sm:px-6"
    >
      <Icon name="broken" className="text-broke" />
      <p className="min-w-0 flex-1 basis-64">
        <strong className="font-semibold text-broke">Real-time connection failed</strong>{" "}
        <span className="text-ink">{cause}</span>{" "}
        <span className="text-muted">
          Down since {timeOfDay(since)}.{" "}
          {lastUpdateAt === null ? "No update had arrived yet." : `Last update ${timeOfDay(lastUpdateAt)}.`}
        </span>
      </p>
      {/* A countdown read out every second would drown everything else. */}
      <span aria-hidden="true" className="text-muted tabular-nums">
        <Countdown connection={connection} />
      </span>
      <Button onClick={onRetry}>Retry now</Button>
    </div>
  );
}

function Countdown({ connection: { retryAt, since } }: { connection: Connection }) {
  const seconds = useLiveClock(() => (retryAt === null ? 0 : Math.ceil((retryAt - Date.now()) / 1000)));
  const down = useLiveClock((now) => age(now - since));
  return (
    <>
      Down for {down}, {seconds > 0 ? `trying again in ${seconds} s` : "trying again now"}
    </>
  );
}

/** Where an operator went back to asking, it is said as plainly as what is broken. */
export function SwitchedOff({ polled }: { polled: [string, Polled][] }) {
  const every = Math.max(...polled.map(([, { pollEvery }]) => pollEvery));
  const reasons = [...new Set(polled.map(([, { reason }]) => reason))];
  return (
    <Note>
      <strong className="font-semibold">Not live{polled.length === 1 ? `: ${polled[0]?.[0]}` : ""}.</strong>{" "}
      {reasons[0]} This page asks every {every} seconds instead.
    </Note>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="sticky top-0 z-30 border-b bg-waits-soft px-4 py-2 text-ink sm:px-6">
      {children}
    </div>
  );
}

import type { ReactNode } from "react";
import type { RunDetail } from "../../api/types";
import { Origin } from "../../components/run-facts";
import { Age, Ticking, Took } from "../../components/time";
import { Avatar } from "../../components/ui/avatar";
import { BUTTON } from "../../components/ui/button";
import { ExternalLink } from "../../components/ui/external-link";
import { Tag } from "../../components/ui/tag";
import { type Expectation, paceOf } from "../../lib/expectation";
import { elapsed, shortSha } from "../../lib/runs";
import { isCompleted } from "../../lib/status";
import { clockFace, instant, minuteOfDay } from "../../lib/time";
import { useClock } from "../../lib/use-clock";

interface RunFactsProps {
  run: RunDetail;
  expectation: Expectation | null;
  /** What else there is to say, such as who is on it. */
  children?: ReactNode;
}

/** Whose commit, from where, since when. */
export function RunFacts({ run, expectation, children }: RunFactsProps) {
  const sha = shortSha(run);
  const started = instant(run.run_started_at);
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b px-4 py-3 text-muted sm:px-6 lg:flex-nowrap">
      <div className="flex min-w-0 max-w-full items-center gap-2">
        {run.actor && <Avatar login={run.actor.login} />}
        <span className="min-w-0">
          <span className="block truncate font-medium text-ink" dir="auto" title={run.display_title}>
            {run.display_title || run.name}
          </span>
          <span className="block truncate text-small">
            {run.actor && `${run.actor.login} · `}
            <Origin run={run} />
          </span>
        </span>
      </div>
      {sha && <span className="font-mono text-ink text-small">{sha}</span>}
      {run.run_attempt > 1 && (
        <span>
          attempt <b className="font-medium text-ink">{run.run_attempt}</b>
        </span>
      )}
      {children}
      <span className="flex flex-wrap items-center gap-x-6 gap-y-2 tabular-nums sm:ml-auto lg:shrink-0">
        <span>
          {expectation && run.status === "in_progress" ? (
            <>
              running{" "}
              <b className="font-medium text-ink">
                <Ticking since={started} />
              </b>{" "}
              of usually {clockFace(expectation.usual)}
            </>
          ) : (
            <>
              started{" "}
              <b className="font-medium text-ink">
                {isCompleted(run) ? <Age since={started} /> : <Ticking since={started} />}
              </b>{" "}
              ago
            </>
          )}
        </span>
        {expectation && run.status === "in_progress" && <Remaining started={started} expectation={expectation} />}
        {isCompleted(run) && (
          <span>
            took{" "}
            <b className="font-medium text-ink">
              <Took ms={elapsed(run, 0)} />
            </b>
          </span>
        )}
        <ExternalLink href={run.html_url} className={BUTTON}>
          Open on GitHub
        </ExternalLink>
      </span>
    </div>
  );
}

function Remaining({ started, expectation }: { started: number; expectation: Expectation }) {
  const { usual } = expectation;
  const pace = useClock((now) => paceOf(expectation, now - started));
  const left = useClock((now) => clockFace(started + usual - now));
  if (pace === "late") return <Tag tone="waits">slower than 95 %</Tag>;
  if (pace === "longer") return <span>longer than usual</span>;
  return (
    <span>
      expected end in <b className="font-medium text-ink">~{left}</b>, {minuteOfDay(started + usual)}
    </span>
  );
}

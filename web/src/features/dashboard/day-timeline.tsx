import { memo } from "react";
import type { RunDetail, RunList } from "../../api/types";
import { Section } from "../../components/section";
import { TONE_FILL } from "../../components/state-icon";
import { dayBounds } from "../../lib/day";
import { sameWorkflow } from "../../lib/derive";
import { later } from "../../lib/later";
import { elapsed, type Workflow } from "../../lib/runs";
import { isCompleted, lookOf } from "../../lib/status";
import { instant, minuteOfDay } from "../../lib/time";
import { useClock } from "../../lib/use-clock";
import { runPath } from "../../routing/paths";

const ROW_HEIGHT = 25;
const HOURS = [0, 3, 6, 9, 12, 15, 18, 21];

interface DayTimelineProps {
  list: RunList;
  workflows: Workflow[];
}

/** The whole day at a glance: when each workflow ran, how long, and how it ended. */
export const DayTimeline = later(function DayTimeline({ list, workflows }: DayTimelineProps) {
  const { start, end } = dayBounds(list.date, list.tz);
  // A minute is a pixel or two here, so nothing is drawn more often.
  const minute = useClock((now) => Math.floor(now / 60_000) * 60_000);
  const now = Math.min(minute, end);
  return (
    <Section id="day" title="The day" note="your time">
      <div
        className="asleep-off-screen relative grid grid-cols-[minmax(72px,144px)_minmax(0,1fr)] px-4 sm:px-0"
        style={{ containIntrinsicBlockSize: `auto ${workflows.length * ROW_HEIGHT}px` }}
      >
        {minute < end && <NowLine share={(minute - start) / (end - start)} />}
        {workflows.map((workflow) => (
          <Row key={workflow.key} slug={list.repo.slug} workflow={workflow} start={start} end={end} now={now} />
        ))}
        <span />
        <div aria-hidden="true" className="relative h-6 border-t text-[11px] text-dim">
          {HOURS.map((hour) => (
            <span key={hour} className="absolute top-1" style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
      </div>
    </Section>
  );
});

function NowLine({ share }: { share: number }) {
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute inset-x-4 top-0 bottom-6 grid grid-cols-[minmax(72px,144px)_minmax(0,1fr)] sm:inset-x-0"
    >
      <span className="relative col-start-2">
        <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: `${share * 100}%` }} />
      </span>
    </div>
  );
}

interface RowProps {
  slug: string;
  workflow: Workflow;
  start: number;
  end: number;
  now: number;
}

const sameRow = (a: RowProps, b: RowProps): boolean =>
  a.slug === b.slug &&
  a.start === b.start &&
  a.end === b.end &&
  a.now === b.now &&
  sameWorkflow(a.workflow, b.workflow);

const Row = memo(function Row({ slug, workflow, start, end, now }: RowProps) {
  return (
    <>
      <span className="truncate border-t py-1 pr-3 text-muted text-small" dir="auto">
        {workflow.name}
      </span>
      <div className="relative border-t">
        {workflow.runs.map((run) => (
          <Block key={run.id} slug={slug} run={run} start={start} end={end} now={isCompleted(run) ? 0 : now} />
        ))}
      </div>
    </>
  );
}, sameRow);

const Block = memo(function Block({ slug, run, start, end, now }: Omit<RowProps, "workflow"> & { run: RunDetail }) {
  const begun = instant(run.run_started_at);
  const from = Math.max(start, begun);
  const until = Math.min(end, begun + elapsed(run, now));
  const look = lookOf(run);
  const name = `${run.name}, ${minuteOfDay(begun)}, ${look.word}`;
  return (
    // biome-ignore lint/a11y/useAnchorContent: its label is what it has to say
    <a
      href={runPath(slug, run.id)}
      tabIndex={-1}
      aria-label={name}
      title={name}
      className={`absolute top-1/2 h-2.5 min-w-1 -translate-y-1/2 rounded-xs hover:h-3.5 ${TONE_FILL[look.tone]}`}
      style={{
        left: `${((from - start) / (end - start)) * 100}%`,
        width: `${(Math.max(0, until - from) / (end - start)) * 100}%`,
      }}
    />
  );
});

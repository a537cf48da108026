import { useState } from "react";
import { csvAddress, type ReportTable } from "../../api/get-report";
import type { Report } from "../../api/types";
import { type Figure, Figures } from "../../components/figures";
import { Age } from "../../components/time";
import { Message } from "../../components/trouble";
import { percent } from "../../lib/runs";
import { dayOfMoment, duration, instant } from "../../lib/time";
import { runPath } from "../../routing/paths";
import { DurationChart, RateChart, RunsChart } from "./charts";
import { Part, PartTable } from "./part";
import { durations, jobRows, minuteRows, rates, waitingRows, workflowRows } from "./tables";

const count = new Intl.NumberFormat("en-GB");

export function ReportParts({ report }: { report: Report }) {
  const { slug } = report.repo;
  const csv = (table: ReportTable) => csvAddress(slug, report.days, report.tz, table);
  if (report.total.runs === 0) return <Nothing report={report} />;
  return (
    <>
      <HowFar report={report} />
      <Totals report={report} />
      <div className="xl:grid xl:grid-cols-2 xl:*:first:border-r">
        <Part title="Success rate by day" testId="report-rate" csv={csv("days")} data={rates(report)}>
          <RateChart days={report.by_day} />
        </Part>
        <Part
          title="Runs by day"
          testId="report-runs"
          note="passed below, then others, failed on top"
          csv={csv("days")}
          data={rates(report)}
        >
          <RunsChart days={report.by_day} />
        </Part>
      </div>
      <Durations report={report} csv={csv("durations")} />
      <Part title="Workflows" testId="report-workflows" csv={csv("workflows")}>
        <PartTable data={workflowRows(report.workflows)} empty="No workflow has run." />
      </Part>
      <div className="xl:grid xl:grid-cols-2 xl:*:first:border-r">
        <Part title="Slowest jobs" testId="report-slowest" note="by the median" csv={csv("jobs")}>
          <PartTable data={jobRows("Slowest jobs", report.slowest_jobs)} empty="No job that passed is known." />
        </Part>
        <Part title="Most failing jobs" testId="report-failing" csv={csv("jobs")}>
          <PartTable data={jobRows("Most failing jobs", report.failing_jobs)} empty="No job has failed." />
        </Part>
      </div>
      <Flaky report={report} csv={csv("flaky")} />
      <div className="xl:grid xl:grid-cols-2 xl:*:first:border-r">
        <Part title="Waiting for a runner" testId="report-waiting" note="from created to started" csv={csv("waiting")}>
          <PartTable data={waitingRows(report)} empty="No job that got a runner is known." />
        </Part>
        <Part
          title="Billable minutes"
          testId="report-minutes"
          note="an estimate, for private repositories: each job rounded up, standard runners of GitHub"
          csv={csv("minutes")}
        >
          <PartTable data={minuteRows(report)} empty="No job that ran is known." />
        </Part>
      </div>
    </>
  );
}

/** What the report is made of, since it cannot be more than is known. */
function HowFar({ report }: { report: Report }) {
  const { since, from_history, days, runs_with_jobs, total } = report;
  const begin = since ? dayOfMoment(instant(since)) : null;
  return (
    <p className="border-b px-4 py-2 text-muted text-small sm:px-6" data-testid="report-reach">
      {from_history ? `The last ${days} days` : "Without a database only the last two days are known"}
      {begin && `; the first run that is known started on ${begin}`}. Jobs are known of {count.format(runs_with_jobs)}{" "}
      of {count.format(total.runs)} runs. Counted <Age since={instant(report.worked_out_at)} suffix=" ago" />.
    </p>
  );
}

function Totals({ report: { total, queue, flaky_total } }: { report: Report }) {
  const figures: Figure[] = [
    { key: "success", value: percent(total.success_rate), label: "passed of those that passed or failed" },
    { key: "runs", value: count.format(total.runs), label: `runs, ${count.format(total.failed)} failed` },
    {
      key: "queue",
      value: queue ? duration(queue.p50 * 1000) : "–",
      label: queue ? `median queue time, 95 % within ${duration(queue.p95 * 1000)}` : "median queue time",
    },
    { key: "flaky", value: flaky_total, label: "flaky commits: failed, then passed" },
  ];
  return <Figures figures={figures} label="The whole period" />;
}

function Durations({ report, csv }: { report: Report; csv: string }) {
  const timed = report.workflows.filter(({ by_day }) => by_day.length > 0);
  const [chosen, setChosen] = useState(0);
  const workflow = timed[chosen] ?? timed[0];
  if (!workflow) return null;
  return (
    <Part
      title="Duration by day"
      testId="report-durations"
      note="of runs that passed: half within the full line, 95 % within the dashed one"
      csv={csv}
      data={durations(workflow)}
      controls={
        <select
          aria-label="Workflow"
          value={timed.indexOf(workflow)}
          onChange={(event) => setChosen(Number(event.target.value))}
          className="h-7 max-w-56 rounded-md border border-line-strong bg-raised px-2 text-small"
        >
          {timed.map(({ name, workflow_id }, index) => (
            <option key={`${workflow_id} ${name}`} value={index}>
              {name}
            </option>
          ))}
        </select>
      }
    >
      <DurationChart workflow={workflow} days={report.by_day} />
    </Part>
  );
}

function Flaky({ report, csv }: { report: Report; csv: string }) {
  const { flaky, flaky_total, repo } = report;
  const more = flaky_total > flaky.length ? `the last ${flaky.length} of ${flaky_total}` : `${flaky_total}`;
  return (
    <Part title="Flaky" testId="report-flaky" note={`failed, then passed on the same commit: ${more}`} csv={csv}>
      {flaky.length === 0 ? (
        <p className="border-t py-3 text-muted">No commit on which a workflow failed and then passed.</p>
      ) : (
        <ul className="max-h-80 overflow-y-auto" aria-label="Flaky commits">
          {flaky.map((each) => (
            <li
              key={`${each.workflow} ${each.head_sha}`}
              className="relative grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 border-t py-1.5"
            >
              <span className="truncate" dir="auto">
                <a href={runPath(repo.slug, each.run_id)} className="font-medium after:absolute after:inset-0">
                  {each.workflow}
                </a>
                <span className="text-muted">
                  {" "}
                  passed {each.by === "attempt" ? "when it was run again" : "with another run"} ·{" "}
                  <span className="font-mono text-small">{each.head_sha.slice(0, 7)}</span>
                  {each.head_branch && ` · ${each.head_branch}`}
                </span>
              </span>
              <span className="text-muted">
                <Age since={instant(each.at)} suffix=" ago" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Nothing({ report }: { report: Report }) {
  return (
    <Message icon="chart" title={`No runs in the last ${report.days} days`}>
      <p>
        {report.from_history
          ? "Nothing is known of these days. Runs are counted as they are delivered; with a token the past is fetched from GitHub."
          : "Without a database only the last two days are known. Set OMNILENS_DATABASE_URL to keep a history."}
      </p>
    </Message>
  );
}

/** Of the shape of the report, so that nothing jumps. */
export function ReportSkeleton() {
  return (
    <div aria-hidden="true">
      <div className="border-b px-4 py-2 sm:px-6">
        <div className="skeleton h-4 w-96 max-w-full" />
      </div>
      <div className="grid grid-cols-2 border-b md:grid-cols-4">
        {["success", "runs", "queue", "flaky"].map((figure) => (
          <div key={figure} className="grid h-[73px] content-center gap-2 px-4 sm:px-6">
            <div className="skeleton h-5 w-16" />
            <div className="skeleton h-3 w-32 max-w-full" />
          </div>
        ))}
      </div>
      <div className="xl:grid xl:grid-cols-2">
        {["rate", "runs"].map((chart) => (
          <div key={chart} className="border-b px-4 py-4 sm:px-6">
            <div className="skeleton mb-3 h-4 w-40" />
            <div className="skeleton h-[150px]" />
          </div>
        ))}
      </div>
    </div>
  );
}

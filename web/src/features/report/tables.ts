import type { Report, ReportJob, ReportWorkflow } from "../../api/types";
import type { Data } from "../../components/data-table";
import { percent } from "../../lib/runs";
import { duration } from "../../lib/time";

type Spread = Report["queue"];

const seconds = (value: number | undefined): string => (value === undefined ? "–" : duration(value * 1000));
const spread = (of: Spread): string[] => [seconds(of?.p50), seconds(of?.p95)];

export const rates = ({ by_day }: Report): Data => ({
  caption: "Success rate and runs by day",
  head: ["Day", "Success", "Runs", "Passed", "Failed", "Other"],
  rows: by_day.map((day) => [day.date, percent(day.success_rate), day.runs, day.passed, day.failed, day.other]),
});

export const durations = (workflow: ReportWorkflow): Data => ({
  caption: `Duration of ${workflow.name} by day`,
  head: ["Day", "Passed", "Half within", "95 % within"],
  rows: workflow.by_day.map((day) => [day.date, day.count, ...spread(day)]),
});

export const workflowRows = (workflows: ReportWorkflow[]): Data => ({
  caption: "Workflows",
  head: ["Workflow", "Runs", "Success", "Failed", "Flaky commits", "Half within", "95 % within"],
  rows: workflows.map((each) => [
    each.name,
    each.runs,
    percent(each.success_rate),
    each.failed,
    each.flaky,
    ...spread(each.seconds),
  ]),
});

/** The same jobs of several workflows are told apart by these. */
export const jobRows = (caption: string, jobs: ReportJob[]): Data => ({
  caption,
  head: ["Job", "Failed", "Half within", "95 % within"],
  rows: jobs.map((job) => [`${job.workflow} · ${job.name}`, `${job.failed} of ${job.runs}`, ...spread(job.seconds)]),
});

export const waitingRows = ({ waiting }: Report): Data => ({
  caption: "Waiting for a runner, by label",
  head: ["Labels", "Jobs", "Half within", "95 % within"],
  rows: waiting.map((each) => [each.labels, each.seconds.count, ...spread(each.seconds)]),
});

export const minuteRows = ({ billable }: Report): Data => ({
  caption: "Billable minutes by runner",
  head: ["Runner", "Jobs", "Minutes", "Multiplier", "Billable"],
  rows: billable.map((each) => [
    each.runner,
    each.jobs,
    each.minutes,
    each.multiplier ? `× ${each.multiplier}` : "not billed",
    each.billable,
  ]),
});

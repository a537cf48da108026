import type {
  Claim,
  DayHistory,
  HistoryProgress,
  Job,
  JobUpdate,
  Notification,
  Report,
  Repository,
  Run,
  RunAnswer,
  RunDetail,
  RunList,
  Step,
  Update,
  WorkflowList,
  WorkflowPast,
  WorkflowUpdate,
} from "../api/types";

/** A moment of the test day; "09:30" or "09:30:15". */
export const at = (time: string, date = "2026-11-22"): string => `${date}T${time.length === 5 ? `${time}:00` : time}Z`;

export const repository: Repository = {
  slug: "api",
  full_name: "acme/api",
  id: 1,
  html_url: "https://github.com/acme/api",
  private: false,
  default_branch: "main",
};

export function makeRun(change: Partial<RunDetail> = {}): RunDetail {
  return {
    id: 1,
    name: "CI",
    workflow_id: 10,
    path: ".github/workflows/ci.yml",
    display_title: "Cache auth tokens",
    run_number: 7,
    run_attempt: 1,
    event: "push",
    status: "in_progress",
    conclusion: null,
    head_branch: "main",
    head_sha: "9c1f0abdeadbeef",
    pull_requests: [],
    actor: { login: "monalisa", avatar_url: null },
    html_url: "https://github.com/acme/api/actions/runs/1",
    created_at: at("09:00"),
    run_started_at: at("09:00"),
    updated_at: at("09:00"),
    jobs: [],
    ...change,
  };
}

export const passedRun = (change: Partial<RunDetail> = {}): RunDetail =>
  makeRun({ status: "completed", conclusion: "success", updated_at: at("09:05"), ...change });

export const failedRun = (change: Partial<RunDetail> = {}): RunDetail =>
  makeRun({ status: "completed", conclusion: "failure", updated_at: at("09:05"), ...change });

export function makeJob(change: Partial<Job> = {}): Job {
  return {
    id: 100,
    run_id: 1,
    run_attempt: 1,
    name: "build",
    status: "in_progress",
    conclusion: null,
    html_url: "https://github.com/acme/api/actions/runs/1/job/100",
    created_at: at("09:00"),
    started_at: at("09:00:10"),
    completed_at: null,
    labels: ["ubuntu-latest"],
    runner_name: "runner-1",
    updated_at: null,
    steps: [],
    ...change,
  };
}

export function makeStep(change: Partial<Step> = {}): Step {
  return {
    number: 1,
    name: "Set up job",
    status: "completed",
    conclusion: "success",
    started_at: at("09:00:10"),
    completed_at: at("09:00:12"),
    ...change,
  };
}

export function makeList(runs: RunDetail[] = [], change: Partial<RunList> = {}): RunList {
  return {
    repo: repository,
    date: "2026-11-22",
    tz: "UTC",
    last_event_at: null,
    runs,
    failed_before: [],
    history: null,
    seq: 0,
    epoch: "e1",
    ...change,
  };
}

export const makeClaim = (change: Partial<Claim> = {}): Claim => ({
  workflow_id: 10,
  branch: "main",
  run_id: 1,
  name: "Maria",
  login: null,
  at: at("09:06"),
  ...change,
});

export const makePast = (change: Partial<WorkflowPast> = {}): WorkflowPast => ({
  workflow_id: 10,
  name: "CI",
  before: null,
  last_run: null,
  usual: null,
  expected: [],
  ...change,
});

export const makeWorkflows = (workflows: WorkflowPast[] = [], change: Partial<WorkflowList> = {}): WorkflowList => ({
  repo: repository,
  date: "2026-11-22",
  tz: "UTC",
  since: at("00:00", "2026-10-23"),
  from_history: true,
  workflows,
  ...change,
});

/** Two days of one workflow. */
export function makeReport(change: Partial<Report> = {}): Report {
  const total = { runs: 12, passed: 9, failed: 1, other: 2, success_rate: 0.9 };
  const none = { runs: 0, passed: 0, failed: 0, other: 0, success_rate: null };
  const seconds = { count: 9, p50: 90, p95: 300 };
  const job = { workflow: "CI", name: "unit", runs: 10, failed: 1, failure_rate: 0.1, seconds };
  return {
    repo: repository,
    days: 2,
    tz: "UTC",
    first_day: "2026-11-21",
    last_day: "2026-11-22",
    since: at("08:00"),
    from_history: true,
    worked_out_at: at("09:12"),
    total,
    runs_with_jobs: 10,
    by_day: [
      { date: "2026-11-21", ...none },
      { date: "2026-11-22", ...total },
    ],
    workflows: [
      { workflow_id: 10, name: "CI", flaky: 1, seconds, by_day: [{ date: "2026-11-22", ...seconds }], ...total },
    ],
    slowest_jobs: [job],
    failing_jobs: [],
    flaky: [
      {
        workflow: "CI",
        head_sha: "9c1f0abdeadbeef",
        head_branch: "main",
        by: "attempt",
        run_id: 7,
        at: at("09:00"),
      },
    ],
    flaky_total: 60,
    queue: { count: 10, p50: 7, p95: 61 },
    waiting: [{ labels: "self-hosted, gpu", seconds: { count: 10, p50: 7, p95: 61 } }],
    billable: [{ runner: "macOS", jobs: 3, minutes: 1200, multiplier: 10, billable: 12_000 }],
    ...change,
  };
}

export function makeHistory(change: Partial<DayHistory> = {}, date = "2026-11-10"): DayHistory {
  const told: DayHistory = {
    state: "fetching",
    done: 0,
    total: null,
    reason: null,
    retryAt: null,
    days: [],
    ...change,
  };
  const { state, done, total, days } = told;
  return days.length > 0 ? told : { ...told, days: [{ date, state, done, total }] };
}

export const makeProgress = (change: Partial<HistoryProgress> = {}): HistoryProgress => ({
  repoSlug: repository.slug,
  date: "2026-11-10",
  state: "fetching",
  done: 100,
  total: 250,
  touched: [],
  ...change,
});

export const makeAnswer = (run: RunDetail, change: Partial<RunAnswer> = {}): RunAnswer => ({
  repo: repository,
  run,
  attempts: [{ attempt: 1, conclusion: run.conclusion, jobs: run.jobs.length }],
  flaky: null,
  hint: null,
  seq: 0,
  epoch: "e1",
  ...change,
});

const withoutJobs = ({ jobs: _, ...run }: RunDetail): Run => run;

function envelope(run: RunDetail, seq: number, prev: number) {
  return {
    repoSlug: repository.slug,
    workflowId: run.id,
    workflowName: run.name,
    status: run.status,
    conclusion: run.conclusion ?? null,
    timestamp: run.updated_at,
    runData: withoutJobs(run),
    seq,
    prev,
  };
}

export function runUpdate(run: RunDetail, seq: number, prev = seq - 1): WorkflowUpdate {
  const type = run.status !== "completed" ? "started" : run.conclusion === "failure" ? "failed" : "completed";
  return { ...envelope(run, seq, prev), type: `workflow_${type}` };
}

export function jobUpdate(run: RunDetail, job: Job, seq: number, prev = seq - 1): JobUpdate {
  return {
    ...envelope(run, seq, prev),
    type: job.status === "completed" ? "job_completed" : "job_started",
    jobData: job,
  };
}

/** A repository-wide sequence of harmless updates: seq 1, 2, 3, … */
export const updatesUpTo = (last: number, first = 1): Update[] =>
  Array.from({ length: last - first + 1 }, (_, index) => runUpdate(makeRun(), first + index));

export const makeNotification = (fields: Partial<Notification> = {}): Notification => ({
  id: 1,
  read: false,
  key: "api/1.1",
  incident: "api/1.1",
  kind: "broke",
  repo_slug: "api",
  repo: "acme/api",
  workflow: "CI",
  branch: "main",
  run_id: 1,
  run_attempt: 1,
  run_number: null,
  run_title: "Retry idempotent charges",
  actor: "mona",
  head_sha: null,
  html_url: null,
  job: null,
  step: null,
  conclusion: "failure",
  at: at("09:00"),
  since: at("09:00"),
  failures: 1,
  ended_at: null,
  outcome: null,
  ...fields,
});

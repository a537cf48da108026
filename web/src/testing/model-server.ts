import type { Job, RunAnswer, RunAttempt, RunDetail, RunList, Update } from "../api/types";
import { isActiveOn } from "../realtime/apply-update";
import { at, jobUpdate, makeJob, makeRun, makeStep, repository, runUpdate } from "./builders";

/** Small and repeatable, so that a failing sequence can be run again by its seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CONCLUSIONS = ["success", "failure", "cancelled", "skipped", "timed_out"] as const;

/**
 * A server in miniature, written without the page's own code paths for updates: it changes runs at random, and says
 * both what it would answer to a fresh request and which updates it sent.
 */
export class ModelServer {
  readonly updates: Update[] = [];
  readonly #runs = new Map<number, RunDetail>();
  readonly #past = new Map<number, RunAttempt[]>();
  readonly #random: (below: number) => number;
  #clock = Date.parse(at("22:30", "2026-11-21"));
  #lastId = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  get seq(): number {
    return this.updates.length;
  }

  list(date: string, tz: string): RunList {
    const runs = [...this.#runs.values()].filter((run) => isActiveOn(run, date, tz));
    runs.sort((a, b) => Date.parse(b.run_started_at) - Date.parse(a.run_started_at) || b.id - a.id);
    const shown = runs.map(withoutQuietSteps);
    const failed_before = runs.map(({ id }) => id).filter((id) => this.#failedBefore(id));
    failed_before.sort((a, b) => a - b);
    const position = { seq: this.seq, epoch: "e1" };
    return { repo: repository, date, tz, last_event_at: null, ...position, runs: shown, failed_before, history: null };
  }

  run(id: number): RunAnswer {
    const run = this.#runs.get(id) as RunDetail;
    const past = this.#past.get(id) ?? [];
    const attempts = [...past, { attempt: run.run_attempt, conclusion: run.conclusion, jobs: run.jobs.length }];
    const flaky = run.conclusion === "success" && this.#failedBefore(id) ? ("attempt" as const) : null;
    return { repo: repository, run, attempts, flaky, hint: null, seq: this.seq, epoch: "e1" };
  }

  #failedBefore(id: number): boolean {
    return (this.#past.get(id) ?? []).some(({ conclusion }) => conclusion === "failure");
  }

  get runIds(): number[] {
    return [...this.#runs.keys()];
  }

  step(): void {
    this.#clock += this.#random(600_000);
    const choice = this.#random(10);
    const run = this.#any([...this.#runs.values()]);
    if (!run || choice < 2) this.#startRun();
    else if (choice < 4) this.#startJob(run);
    else if (choice < 7) this.#changeJob(run);
    else if (choice < 9) this.#completeRun(run);
    else this.#rerun(run);
  }

  #startRun(): void {
    this.#lastId += 1;
    const now = this.#now();
    this.#change(makeRun({ id: this.#lastId, created_at: now, run_started_at: now, updated_at: now }));
  }

  #startJob(run: RunDetail): void {
    if (run.status === "completed") return;
    this.#lastId += 1;
    const { id: run_id, run_attempt } = run;
    const now = this.#now();
    const job = makeJob({ id: this.#lastId, run_id, run_attempt, created_at: now, started_at: now });
    this.#changeJobOf(run, job);
  }

  #changeJob(run: RunDetail): void {
    const job = this.#any(run.jobs);
    if (!job || job.status === "completed") return;
    const steps = [...job.steps, makeStep({ number: job.steps.length + 1 })];
    const done = this.#random(2) === 0;
    const ended = {
      status: "completed",
      conclusion: this.#any([...CONCLUSIONS]) ?? null,
      completed_at: this.#now(),
    } as const;
    this.#changeJobOf(run, { ...job, steps, ...(done && ended) });
  }

  #completeRun(run: RunDetail): void {
    if (run.status === "completed") return;
    const conclusion = this.#any([...CONCLUSIONS]) ?? null;
    this.#change({ ...run, status: "completed", conclusion, updated_at: this.#now() });
  }

  #rerun(run: RunDetail): void {
    if (run.status !== "completed") return;
    this.#past.set(run.id, [...(this.#past.get(run.id) ?? []), pastAttempt(run)]);
    const now = this.#now();
    const attempt = { run_attempt: run.run_attempt + 1, run_started_at: now, updated_at: now };
    this.#change({ ...run, ...attempt, status: "in_progress", conclusion: null, jobs: [] });
  }

  #change(run: RunDetail): void {
    this.#runs.set(run.id, run);
    this.updates.push(runUpdate(run, this.seq + 1));
  }

  #changeJobOf(run: RunDetail, job: Job): void {
    const jobs = [...run.jobs.filter((other) => other.id !== job.id), job];
    jobs.sort((a, b) => Date.parse(a.created_at ?? "") - Date.parse(b.created_at ?? "") || a.id - b.id);
    // GitHub's job events say nothing about the run, so its own times stay.
    const changed = { ...run, jobs };
    this.#runs.set(run.id, changed);
    this.updates.push(jobUpdate(changed, job, this.seq + 1));
  }

  #now = (): string => new Date(this.#clock).toISOString();

  #any<T>(items: T[]): T | undefined {
    return items[this.#random(items.length)];
  }
}

function pastAttempt({ run_attempt: attempt, jobs }: RunDetail): RunAttempt {
  const ended = new Set(jobs.map((job) => job.conclusion));
  const failed = ended.has("failure") || ended.has("timed_out");
  const well = ended.size > 0 && [...ended].every((each) => each === "success" || each === "skipped");
  const conclusion = failed ? "failure" : ended.has("cancelled") ? "cancelled" : well ? "success" : null;
  return { attempt, conclusion, jobs: jobs.length };
}

function withoutQuietSteps(run: RunDetail): RunDetail {
  const isQuiet = ({ conclusion }: Job) => conclusion === "success" || conclusion === "skipped";
  return { ...run, jobs: run.jobs.map((job) => (isQuiet(job) ? { ...job, steps: [] } : job)) };
}

import { describe, expect, it } from "vitest";
import {
  at,
  failedRun,
  jobUpdate,
  makeAnswer,
  makeJob,
  makeList,
  makeRun,
  makeStep,
  passedRun,
  runUpdate,
} from "../testing/builders";
import { ModelServer } from "../testing/model-server";
import { applyToRun, applyToRunList } from "./apply-update";

describe("a list of runs", () => {
  it("adds a new run at its place, newest first", () => {
    const list = makeList([
      makeRun({ id: 3, run_started_at: at("11:00") }),
      makeRun({ id: 1, run_started_at: at("09:00") }),
    ]);
    const next = applyToRunList(list, runUpdate(makeRun({ id: 2, run_started_at: at("10:00") }), 1));
    expect(next.runs.map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it("leaves every other run untouched, so that their cards need not be drawn again", () => {
    const list = makeList([makeRun({ id: 2, run_started_at: at("10:00") }), makeRun({ id: 1 })]);
    const next = applyToRunList(list, runUpdate(passedRun({ id: 1 }), 1));
    expect(next.runs[0]).toBe(list.runs[0]);
    expect(next.runs[1]).not.toBe(list.runs[1]);
  });

  it("ignores what it has already seen", () => {
    const list = makeList([makeRun()], { seq: 5 });
    expect(applyToRunList(list, runUpdate(passedRun(), 5))).toBe(list);
  });

  it("takes nothing over a gap", () => {
    const list = makeList([makeRun()], { seq: 5 });
    expect(applyToRunList(list, runUpdate(passedRun(), 8, 6))).toBe(list);
    expect(applyToRunList(list, runUpdate(passedRun(), 8, 5)).seq).toBe(8);
  });

  it("keeps the jobs of the same attempt and drops those of the one before", () => {
    const list = makeList([makeRun({ jobs: [makeJob()] })]);
    expect(applyToRunList(list, runUpdate(failedRun(), 1)).runs[0]?.jobs).toHaveLength(1);
    expect(applyToRunList(list, runUpdate(makeRun({ run_attempt: 2 }), 1)).runs[0]?.jobs).toEqual([]);
  });

  it("replaces a job by its id, and orders jobs by their creation", () => {
    const late = makeJob({ id: 50, created_at: at("09:02"), name: "deploy" });
    const list = makeList([makeRun({ jobs: [makeJob({ id: 100 }), late] })]);
    const done = makeJob({ id: 100, status: "completed", conclusion: "failure" });
    const jobs = applyToRunList(list, jobUpdate(makeRun(), done, 1)).runs[0]?.jobs;
    expect(jobs?.map(({ id, conclusion }) => [id, conclusion])).toEqual([
      [100, "failure"],
      [50, null],
    ]);
  });

  it("takes no job of another attempt", () => {
    const list = makeList([makeRun({ run_attempt: 2 })]);
    const next = applyToRunList(list, jobUpdate(makeRun({ run_attempt: 2 }), makeJob({ run_attempt: 1 }), 1));
    expect(next.runs[0]?.jobs).toEqual([]);
  });

  it("knows a run that is first heard of through one of its jobs", () => {
    const next = applyToRunList(makeList(), jobUpdate(makeRun(), makeJob(), 1));
    expect(next.runs[0]?.jobs).toEqual([makeJob()]);
  });

  it("leaves out the steps of jobs that passed, as the server does", () => {
    const job = makeJob({ status: "completed", conclusion: "success", steps: [makeStep()] });
    expect(applyToRunList(makeList(), jobUpdate(makeRun(), job, 1)).runs[0]?.jobs[0]?.steps).toEqual([]);
    const broken = { ...job, conclusion: "failure" } as const;
    expect(applyToRunList(makeList(), jobUpdate(makeRun(), broken, 1)).runs[0]?.jobs[0]?.steps).toHaveLength(1);
  });

  it("shows a run only on the days it was active, but counts the update everywhere", () => {
    const yesterday = makeList([makeRun()], { date: "2026-11-21" });
    const next = applyToRunList(yesterday, runUpdate(makeRun({ id: 2, run_started_at: at("10:00") }), 1));
    expect(next.runs).toBe(yesterday.runs);
    expect(next.seq).toBe(1);
  });

  it("lets go of a run whose new attempt belongs to another day", () => {
    const yesterday = makeList([failedRun({ run_started_at: at("20:00", "2026-11-21") })], { date: "2026-11-21" });
    const next = applyToRunList(yesterday, runUpdate(makeRun({ run_attempt: 2, run_started_at: at("08:00") }), 1));
    expect(next.runs).toEqual([]);
  });
});

describe("one run", () => {
  it("keeps all steps", () => {
    const job = makeJob({ status: "completed", conclusion: "success", steps: [makeStep()] });
    expect(applyToRun(makeAnswer(makeRun()), jobUpdate(makeRun(), job, 1)).run.jobs[0]?.steps).toHaveLength(1);
  });

  it("takes nothing over a gap, be it another run's", () => {
    const answer = makeAnswer(makeRun(), { seq: 5 });
    expect(applyToRun(answer, runUpdate(makeRun({ id: 2 }), 8, 6))).toBe(answer);
  });

  it("only moves on for another run's update", () => {
    const answer = makeAnswer(makeRun());
    const next = applyToRun(answer, runUpdate(makeRun({ id: 2 }), 1));
    expect(next).toEqual({ ...answer, seq: 1 });
    expect(next.run).toBe(answer.run);
  });
});

describe("an answer with the updates after it", () => {
  const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

  it.each(seeds)("equals a fresh answer, in sequence %i", (seed) => {
    const server = new ModelServer(seed);
    const days = [
      ["2026-11-22", "UTC"],
      ["2026-11-21", "UTC"],
      ["2026-11-22", "Asia/Kathmandu"],
    ] as const;
    const times = (count: number) => Array.from({ length: count });
    for (const _ of times(40)) server.step();
    const lists = days.map(([date, tz]) => server.list(date, tz));
    const answers = server.runIds.map((id) => server.run(id));
    for (const _ of times(120)) server.step();
    // Twice, because every update may come again.
    const missed = [...server.updates, ...server.updates];

    for (const list of lists) {
      const { failed_before, ...shown } = missed.reduce(applyToRunList, list);
      const { failed_before: there, ...answer } = server.list(list.date, list.tz);
      expect(shown).toEqual(answer);
      // Of a run that comes onto this day with a later attempt, the list has not seen the one before.
      const here = shown.runs.map(({ id }) => id);
      expect(there).toEqual(expect.arrayContaining(failed_before.filter((id) => here.includes(id))));
    }
    for (const answer of answers) expect(missed.reduce(applyToRun, answer)).toEqual(server.run(answer.run.id));
  });
});

describe("a run that is run again", () => {
  const failed = failedRun({ jobs: [makeJob({ status: "completed", conclusion: "failure" })] });
  const again = makeRun({ run_attempt: 2 });
  const passed = passedRun({ run_attempt: 2 });

  it("keeps how its earlier attempts ended, and is flaky when it passes", () => {
    const before = { ...makeAnswer(failed), attempts: [{ attempt: 1, conclusion: "failure" as const, jobs: 1 }] };
    const running = applyToRun(before, runUpdate(again, 1));
    expect(running.attempts).toEqual([
      { attempt: 1, conclusion: "failure", jobs: 1 },
      { attempt: 2, conclusion: null, jobs: 0 },
    ]);
    expect(running.flaky).toBeNull();
    expect(applyToRun(running, runUpdate(passed, 2)).flaky).toBe("attempt");
    const later = applyToRun(running, runUpdate(makeRun({ run_attempt: 4 }), 2));
    expect(later.attempts.map(({ attempt, conclusion }) => [attempt, conclusion])).toEqual([
      [1, "failure"],
      [2, null],
      [3, null],
      [4, null],
    ]);
  });

  it("is remembered in a list as one that had failed", () => {
    const running = applyToRunList(makeList([failed]), runUpdate(again, 1));
    expect(running.failed_before).toEqual([1]);
    expect(applyToRunList(running, runUpdate(passed, 2)).failed_before).toEqual([1]);
    expect(applyToRunList(makeList([passedRun()]), runUpdate(again, 1)).failed_before).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { at, makeJob, makeRun, passedRun } from "../../testing/builders";
import { criticalPath } from "./critical-path";

const job = (id: number, created: string, started: string, completed: string) =>
  makeJob({
    id,
    name: `job ${id}`,
    status: "completed",
    conclusion: "success",
    created_at: at(created),
    started_at: at(started),
    completed_at: at(completed),
  });

const MINUTE = 60_000;

it("goes from job to job by which ended last before the next was made", () => {
  const lint = job(1, "09:00", "09:00", "09:01");
  const unit = job(2, "09:00", "09:01", "09:04");
  const deploy = job(3, "09:04", "09:06", "09:08");
  const notify = job(4, "09:01", "09:01", "09:02");
  const path = criticalPath(passedRun({ jobs: [lint, unit, deploy, notify] }));
  expect(path?.jobs.map(({ id }) => id)).toEqual([2, 3]);
  expect(path).toMatchObject({ working: 5 * MINUTE, queued: 3 * MINUTE });
});

it("is the job that took longest where none waited for another", () => {
  const path = criticalPath(
    passedRun({ jobs: [job(1, "09:00", "09:00", "09:03"), job(2, "09:00", "09:00", "09:05")] }),
  );
  expect(path?.jobs.map(({ id }) => id)).toEqual([2]);
});

it("does not take for waiting what was made long after", () => {
  const path = criticalPath(
    passedRun({ jobs: [job(1, "09:00", "09:00", "09:01"), job(2, "09:03", "09:03", "09:05")] }),
  );
  expect(path?.jobs.map(({ id }) => id)).toEqual([2]);
});

it("is not known while the run goes on, nor of a single job", () => {
  const one = job(1, "09:00", "09:00", "09:01");
  expect(criticalPath(passedRun({ jobs: [one] }))).toBeNull();
  expect(criticalPath(makeRun({ jobs: [one, job(2, "09:01", "09:01", "09:02")] }))).toBeNull();
});

it("ends also where times make no sense", () => {
  const path = criticalPath(
    passedRun({ jobs: [job(1, "09:05", "09:05", "09:05"), job(2, "09:05", "09:05", "09:05")] }),
  );
  expect(path?.jobs.length).toBeGreaterThan(0);
});

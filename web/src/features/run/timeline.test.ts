import { describe, expect, it } from "vitest";
import { at, makeJob, makeRun, passedRun } from "../../testing/builders";
import { axisOf, barOf, jobElapsed } from "./timeline";

const moment = (time: string) => Date.parse(at(time));

describe("the axis", () => {
  it("of a finished run ends with it", () => {
    const axis = axisOf(passedRun(), 0, 999_999);
    expect(axis).toMatchObject({ start: moment("09:00"), span: 300_000 });
    expect(axis.ticks).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000]);
  });

  it("of a running one has room to grow, up to what is usual", () => {
    const now = moment("09:01");
    expect(axisOf(makeRun(), now, null).span).toBe(72_000);
    expect(axisOf(makeRun(), now, 240_000).span).toBe(240_000);
  });
});

describe("a job's bar", () => {
  const run = passedRun({ updated_at: at("09:10") });
  const axis = axisOf(run, 0, null);

  it("is queued, then runs, then ends", () => {
    const job = makeJob({
      status: "completed",
      conclusion: "success",
      started_at: at("09:01"),
      completed_at: at("09:05"),
    });
    expect(barOf(job, run, axis, 0)).toEqual({ queuedFrom: 0, startedAt: 0.1, until: 0.5 });
  });

  it("grows while the job runs", () => {
    const live = makeRun();
    const job = makeJob({ started_at: at("09:01") });
    const until = (time: string) => barOf(job, live, axis, moment(time))?.until;
    expect([until("09:02"), until("09:04")]).toEqual([0.2, 0.4]);
  });

  it("only waits while the job is queued, whatever start GitHub wrote down", () => {
    const bar = barOf(makeJob({ status: "queued", started_at: at("09:00") }), makeRun(), axis, moment("09:03"));
    expect(bar).toEqual({ queuedFrom: 0, startedAt: 0.3, until: 0.3 });
  });

  it("is nothing for a job that was skipped or has no times", () => {
    expect(
      barOf(makeJob({ status: "completed", conclusion: "skipped", completed_at: at("09:05") }), run, axis, 0),
    ).toBeNull();
    expect(barOf(makeJob({ created_at: null, started_at: null }), run, axis, 0)).toBeNull();
  });
});

it("a job takes time once it has started", () => {
  expect(jobElapsed(makeJob({ status: "queued" }), moment("09:05"))).toBeNull();
  expect(jobElapsed(makeJob({ status: "completed", conclusion: "skipped" }), moment("09:05"))).toBeNull();
  expect(jobElapsed(makeJob({ started_at: at("09:01") }), moment("09:05"))).toBe(240_000);
});

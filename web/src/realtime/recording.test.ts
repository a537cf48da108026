import { describe, expect, it } from "vitest";
import type { Rewind, RunDetail, RunList, Update } from "../api/types";
import {
  at,
  failedRun,
  jobUpdate,
  makeJob,
  makeList,
  makeRun,
  passedRun,
  repository,
  runUpdate,
} from "../testing/builders";
import { applyToRunList } from "./apply-update";
import { begunLater, countAt, failuresOf, listAfter, momentsOf, neighbour, recordedFurther } from "./recording";

const DAY = "2026-11-22";
const START = Date.parse(at("09:00"));

const makeRewind = (updates: Update[] = [], change: Partial<Rewind> = {}): Rewind => ({
  repo: repository,
  tz: "UTC",
  begins_at: at("09:00"),
  begins_seq: 0,
  runs: [],
  updates,
  seq: updates.at(-1)?.seq ?? 0,
  epoch: "e1",
  ...change,
});

/** Small and the same everywhere, so that what fails can be run again. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * sides);
  };
}

/** Updates about a few runs and their jobs, of a repository where other numbers are left out now and then. */
function anyUpdates(seed: number, length: number): Update[] {
  const roll = dice(seed);
  const attempts = new Map<number, number>();
  let seq = 0;
  return Array.from({ length }, (_, index) => {
    const id = 1 + roll(5);
    if (roll(9) === 0) attempts.set(id, (attempts.get(id) ?? 1) + 1);
    const made = [makeRun, passedRun, failedRun][roll(3)] as typeof makeRun;
    const run = made({ id, run_attempt: attempts.get(id) ?? 1, run_started_at: at(`0${8 + roll(2)}:30`) });
    const prev = seq;
    seq += 1 + roll(3);
    const job = makeJob({
      id: id * 10 + roll(3),
      run_attempt: 1 + roll(2),
      ...(roll(2) === 0 && { status: "completed" as const, conclusion: "success" as const }),
    });
    const update = roll(2) === 0 ? runUpdate(run, seq, prev) : jobUpdate(run, job, seq, prev);
    return { ...update, timestamp: new Date(START + (index + roll(4)) * 1000).toISOString() };
  });
}

const seen = ({ runs, seq }: RunList): { runs: RunDetail[]; seq: number } => ({ runs, seq });

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("whatever happened (%i)", (seed) => {
  const updates = anyUpdates(seed, 300);
  const recording = makeRewind(updates);
  const snapshots = [makeList()];
  for (const update of updates) snapshots.push(applyToRunList(snapshots.at(-1) as RunList, update));

  it("the board at a moment is the snapshot that was taken then", () => {
    const roll = dice(seed + 100);
    for (let trial = 0; trial < 200; trial += 1) {
      const count = roll(updates.length + 1);
      expect(seen(listAfter(recording, count, DAY))).toEqual(seen(snapshots[count] as RunList));
    }
  });

  it("is so in order, and backwards", () => {
    const counts = updates.map((_, index) => index);
    for (const count of [...counts, ...counts.reverse()]) {
      expect(seen(listAfter(recording, count, DAY))).toEqual(seen(snapshots[count] as RunList));
    }
  });

  it("and if it begins later", () => {
    const later = begunLater(recording, 130);
    expect(later.begins_seq).toBe(updates[129]?.seq);
    for (const count of [0, 1, 100, 170]) {
      expect(seen(listAfter(later, count, DAY))).toEqual(seen(snapshots[count + 130] as RunList));
    }
  });

  it("and if it was recorded piece by piece", () => {
    let grown = makeRewind();
    for (let from = 0; from < updates.length; from += 7) {
      grown = recordedFurther(grown, updates.slice(from, from + 7));
      expect(seen(listAfter(grown, grown.updates.length, DAY))).toEqual(
        seen(snapshots[grown.updates.length] as RunList),
      );
    }
    expect(grown).toEqual(recording);
  });

  it("time does not go backwards", () => {
    const moments = momentsOf(recording);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    for (const [index, moment] of moments.entries()) {
      expect(countAt(moments, moment)).toBeGreaterThan(index);
      expect(countAt(moments, moment - 1)).toBeLessThanOrEqual(index);
      expect(neighbour(moments, moment, 1) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(moment);
      expect(neighbour(moments, moment, -1) ?? Number.NEGATIVE_INFINITY).toBeLessThan(moment);
    }
  });
});

it("nothing is recorded over a gap, and nothing twice", () => {
  const recording = makeRewind([runUpdate(makeRun(), 1)]);
  expect(recordedFurther(recording, [runUpdate(makeRun(), 3)])).toBe(recording);
  expect(recordedFurther(recording, [runUpdate(makeRun(), 1)])).toBe(recording);
  expect(recordedFurther(recording, [runUpdate(makeRun(), 5, 1)])).toMatchObject({ seq: 5, updates: { length: 2 } });
});

it("does not grow for ever", () => {
  const many = Array.from({ length: 6_001 }, (_, index) => runUpdate(makeRun(), index + 1));
  expect(recordedFurther(makeRewind(), many)).toMatchObject({ begins_seq: 1_000, updates: { length: 5_001 } });
});

it("a day has the runs that were active on it", () => {
  const evening = passedRun({
    id: 2,
    run_started_at: at("23:00", "2026-11-21"),
    updated_at: at("23:10", "2026-11-21"),
  });
  const recording = makeRewind([], { runs: [makeRun({ id: 1 }), evening] });
  expect(listAfter(recording, 0, "2026-11-21").runs).toEqual([evening]);
  expect(listAfter(recording, 0, DAY).runs.map(({ id }) => id)).toEqual([1]);
});

it("counts a failure once for each attempt", () => {
  const times = [0, 5, 9].map((second) => new Date(START + second * 1000).toISOString());
  const updates = [failedRun(), failedRun({ display_title: "renamed" }), failedRun({ run_attempt: 2 })].map(
    (run, index) => ({ ...runUpdate(run, index + 1), timestamp: times[index] as string }),
  );
  expect(failuresOf(makeRewind(updates))).toEqual([START, START + 9000]);
});

import { describe, expect, it } from "vitest";
import { at, failedRun, makeJob, makeList, makeStep, passedRun, repository } from "../../testing/builders";
import { isIncident, itemsOf } from "./entries";
import { grouped, type Happened, WITHIN } from "./incidents";

const MINUTE = 60_000;

function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * sides);
  };
}

function anything(seed: number, most: number): Happened[] {
  const roll = dice(seed);
  return Array.from({ length: roll(most) }, () => {
    const failed = roll(3) > 0;
    const step = ["Set up job", "set up job ", "Run tests", null][roll(4)] as string | null;
    return { at: roll(60) * MINUTE, slug: `repo-${roll(3)}`, failed, broke: failed ? step : null };
  }).sort((a, b) => b.at - a.at);
}

const shared = (groups: Happened[][]) => groups.filter((members) => members.length > 1);
const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

describe.each(seeds)("whatever happened (%i)", (seed) => {
  const happened = anything(seed, 40);
  const outage = seed % 2 === 0 ? 40 * MINUTE : null;
  const groups = grouped(happened, outage);

  it("everything is told exactly once, newest first", () => {
    expect(groups.flat().toSorted((a, b) => happened.indexOf(a) - happened.indexOf(b))).toEqual(happened);
    const newest = groups.map(([first]) => first?.at ?? 0);
    expect(newest).toEqual(newest.toSorted((a, b) => b - a));
    for (const members of groups) expect(members).toEqual(members.toSorted((a, b) => b.at - a.at));
  });

  it("together is only what several repositories have, with one cause", () => {
    for (const members of shared(groups)) {
      expect(new Set(members.map(({ slug }) => slug)).size).toBeGreaterThan(1);
      expect(members.every(({ failed }) => failed)).toBe(true);
      const inOutage = members.map((each) => outage !== null && each.at >= outage);
      expect(new Set(inOutage).size).toBe(1);
      if (inOutage[0]) continue;
      expect(new Set(members.map(({ broke }) => broke?.trim().toLowerCase())).size).toBe(1);
      expect((members[0]?.at ?? 0) - (members.at(-1)?.at ?? 0)).toBeLessThanOrEqual(WITHIN);
    }
  });

  it("what comes later takes nothing apart", () => {
    const later = [{ at: 61 * MINUTE, slug: "repo-9", failed: true, broke: "Run tests" }, ...happened];
    const after = grouped(later, outage);
    for (const members of shared(groups)) {
      expect(after.some((group) => members.every((each) => group.includes(each)))).toBe(true);
    }
  });

  it("one repository has nothing in common with itself", () => {
    const alone = happened.map((each) => ({ ...each, slug: "repo-1" }));
    expect(grouped(alone, outage)).toEqual(alone.map((each) => [each]));
  });
});

const step = makeStep({ name: "Install packages", conclusion: "failure" });
const job = makeJob({ status: "completed", conclusion: "failure", steps: [step] });
const broke = (id: number, time: string) => failedRun({ id, jobs: [job], updated_at: at(time) });
const listOf = (slug: string, ...runs: Parameters<typeof makeList>[0] & object) =>
  makeList(runs, { repo: { ...repository, slug, full_name: `acme/${slug}` } });

it("tells an incident in several repositories as one", () => {
  const lists = [
    listOf("api", broke(1, "10:00"), passedRun({ id: 2, updated_at: at("10:03") })),
    listOf("web", broke(3, "10:05")),
    listOf("docs", broke(4, "10:20")),
  ];
  const items = itemsOf(lists, 10, null);
  expect(items.map(({ title }) => title)).toEqual(["CI failed", "2 workflows failed at Install packages", "CI passed"]);
  const [, incident] = items;
  expect(incident && isIncident(incident) && incident.entries.map(({ slug }) => slug)).toEqual(["web", "api"]);
});

it("blames an outage of GitHub for what failed since then", () => {
  const lists = [listOf("api", broke(1, "10:00")), listOf("web", failedRun({ id: 3, updated_at: at("11:00") }))];
  const titles = (since: string) => itemsOf(lists, 10, Date.parse(at(since))).map(({ title }) => title);
  expect(titles("09:59")).toEqual(["2 workflows failed during GitHub's outage"]);
  expect(titles("10:30")).toEqual(["CI failed", "CI failed"]);
});

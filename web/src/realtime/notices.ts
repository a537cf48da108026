import type { RunDetail, Update } from "../api/types";
import { workflowKey } from "../lib/runs";
import { isBroken, isCompleted, isPassed, isWaiting, lookOf } from "../lib/status";
import { instant } from "../lib/time";
import { runAfter } from "./apply-update";

export interface Notice {
  kind: "broke" | "fixed" | "waits";
  /** The same workflow replaces its earlier notice. */
  id: string;
  workflow: string;
  title: string;
  detail: string;
  slug: string;
  runId: number;
}

/** What a live update is worth interrupting somebody for, given the runs as they were before it. */
export function noticeOf(before: RunDetail[], update: Update, repository: string): Notice | null {
  const known = before.find((other) => other.id === update.runData.id);
  const run = runAfter(known, update);
  const repeated = known && known.run_attempt === run.run_attempt && lookOf(known).state === lookOf(run).state;
  const kind = repeated ? null : kindOf(before, run);
  if (!kind) return null;
  const verb = kind === "fixed" ? "passes again" : lookOf(run).verb;
  return {
    kind,
    id: `${update.repoSlug} ${workflowKey(run)}`,
    workflow: run.name,
    title: `${run.name} ${verb}`,
    detail: [repository, run.head_branch].filter(Boolean).join(" · "),
    slug: update.repoSlug,
    runId: run.id,
  };
}

function kindOf(before: RunDetail[], run: RunDetail): Notice["kind"] | null {
  if (isBroken(run)) return "broke";
  if (isWaiting(run)) return "waits";
  return isPassed(run) && previousVerdict(before, run) === "broken" ? "fixed" : null;
}

/** How the branch stood before this run; an earlier attempt of the same run counts too. */
function previousVerdict(before: RunDetail[], run: RunDetail): "broken" | "passed" | null {
  const earlier = before
    .filter((other) => workflowKey(other) === workflowKey(run) && other.head_branch === run.head_branch)
    .filter((other) => isCompleted(other) && (isBroken(other) || isPassed(other)))
    .filter((other) => instant(other.run_started_at) <= instant(run.run_started_at))
    .sort((a, b) => instant(b.run_started_at) - instant(a.run_started_at));
  const [last] = earlier;
  return last ? (isBroken(last) ? "broken" : "passed") : null;
}

const SUMMARY: Record<Notice["kind"], (count: number) => string> = {
  broke: (count) => `${count} workflows failed`,
  fixed: (count) => `${count} workflows pass again`,
  waits: (count) => `${count} workflows wait for somebody`,
};

const MOST_AT_ONCE = 2;

export type Announcement = Pick<Notice, "kind" | "id" | "title" | "detail"> & {
  target?: { slug: string; runId: number };
};

/** A burst becomes one line for each kind, so that nobody is buried in messages. */
export function announcementsOf(notices: Notice[]): Announcement[] {
  const latest = [...new Map(notices.map((notice) => [notice.id, notice])).values()];
  return (["broke", "waits", "fixed"] as const).flatMap((kind) => {
    const some = latest.filter((notice) => notice.kind === kind);
    if (some.length <= MOST_AT_ONCE) {
      return some.map(({ id, title, detail, slug, runId }) => ({ kind, id, title, detail, target: { slug, runId } }));
    }
    const detail = some.map((notice) => notice.workflow).join(", ");
    return [{ kind, id: `all ${kind}`, title: SUMMARY[kind](some.length), detail }];
  });
}

export function resumedAnnouncement(caughtUp: number, afresh: boolean): Announcement {
  const count = caughtUp === 1 ? "1 update caught up" : `${caughtUp} updates caught up`;
  const detail = afresh ? "The board was loaded afresh" : count;
  return { kind: "fixed", id: "live again", title: "Live again", detail };
}

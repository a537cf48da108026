import type { Notification } from "../api/types";
import { lookOf } from "../lib/status";

export type Tidings = "broke" | "waits" | "fixed";

export interface Announcement {
  kind: Tidings;
  /** The same one replaces its earlier announcement. */
  id: string;
  title: string;
  detail: string;
  target?: { slug: string; runId: number };
  /** A page that it is about, where it is about no run. */
  page?: "/operations";
  /** The notices that it announces, by id. */
  notices?: number[];
}

export const tidingsOf = ({ kind }: Notification): Tidings =>
  kind === "fixed" || kind === "waits" ? kind : ("broke" as const);

/** What happened, in as few words as a title has. */
export function titleOf(notice: Notification): string {
  const { workflow } = notice;
  switch (notice.kind) {
    case "failing":
      return `${workflow} is failing`;
    case "still_fails":
      return `${workflow} still fails`;
    case "fixed":
      return `${workflow} passes again`;
    case "waits":
      return `${workflow} waits for approval`;
    default:
      return `${workflow} ${lookOf({ status: "completed", conclusion: conclusionOf(notice) }).verb}`;
  }
}

/** How a run that broke ended. */
export function conclusionOf({ conclusion }: Notification): "failure" | "timed_out" | "startup_failure" {
  return conclusion === "timed_out" || conclusion === "startup_failure" ? conclusion : "failure";
}

/** Where in a run it is: "build · Test". */
export const placeOf = ({ job, step }: Notification): string => [job, step].filter(Boolean).join(" · ");

const SUMMARY: Record<Tidings, (count: number) => string> = {
  broke: (count) => `${count} workflows failed`,
  waits: (count) => `${count} workflows wait for somebody`,
  fixed: (count) => `${count} workflows pass again`,
};

const MOST_AT_ONCE = 2;

/** A burst becomes one line for each kind, so that nobody is buried in messages. */
export function announcementsOf(notifications: Notification[]): Announcement[] {
  // A branch that broke and was fixed within one burst is told as fixed.
  const latest = [...new Map(notifications.map((notice) => [notice.incident, notice])).values()];
  return (["broke", "waits", "fixed"] as const).flatMap((kind) => {
    const some = latest.filter((notice) => tidingsOf(notice) === kind);
    if (some.length <= MOST_AT_ONCE) return some.map(announcementOf);
    const detail = some.map(({ workflow }) => workflow).join(", ");
    return [{ kind, id: `all ${kind}`, title: SUMMARY[kind](some.length), detail, notices: some.map(({ id }) => id) }];
  });
}

function announcementOf(notice: Notification): Announcement {
  return {
    kind: tidingsOf(notice),
    id: notice.incident,
    title: titleOf(notice),
    detail: [notice.repo, notice.branch, placeOf(notice)].filter(Boolean).join(" · "),
    target: { slug: notice.repo_slug, runId: notice.run_id },
    notices: [notice.id],
  };
}

export function resumedAnnouncement(caughtUp: number, afresh: boolean): Announcement {
  const count = caughtUp === 1 ? "1 update caught up" : `${caughtUp} updates caught up`;
  const detail = afresh ? "The board was loaded afresh" : count;
  return { kind: "fixed", id: "live again", title: "Live again", detail };
}

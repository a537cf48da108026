import { memo } from "react";
import type { Notification } from "../../api/types";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { Avatar } from "../../components/ui/avatar";
import { Icon } from "../../components/ui/icon";
import { duration, instant } from "../../lib/time";
import { conclusionOf, placeOf, titleOf } from "../../realtime/announcements";
import { runPath } from "../../routing/paths";

interface RowProps {
  notice: Notification;
  onRead: (ids: number[]) => void;
}

const LINE = "truncate text-muted max-lg:col-span-2 max-lg:col-start-2";

/** What broke, where, since when, by whose commit, at which step. */
export const NoticeRow = memo(function NoticeRow({ notice, onRead }: RowProps) {
  const { read, repo_slug, run_id, actor, run_title, branch } = notice;
  return (
    <li
      data-testid="notice"
      data-kind={notice.kind}
      data-read={read}
      className={`relative grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 border-t px-4 py-3 hover:bg-raised has-[a:focus-visible]:bg-raised sm:px-6 lg:grid-cols-[16px_minmax(0,5fr)_minmax(0,3fr)_92px] ${read ? "" : "bg-raised"}`}
    >
      {!read && <span aria-hidden="true" className="absolute inset-y-0 left-0 w-0.5 bg-accent" />}
      <StateIcon of={stateOf(notice)} className={`mt-0.5 ${read ? "opacity-70" : ""}`} />
      <div className="min-w-0 max-lg:contents">
        <h3 className={`min-w-0 ${read ? "font-medium text-muted" : "font-semibold"}`} dir="auto">
          <a
            href={runPath(repo_slug, run_id)}
            onClick={() => onRead(read ? [] : [notice.id])}
            className="block truncate after:absolute after:inset-0"
          >
            {!read && <span className="sr-only">Unread: </span>}
            {titleOf(notice)}
          </a>
        </h3>
        <p className={LINE} dir="auto">
          {notice.repo}
          {branch && (
            <>
              {" · "}
              <span className="font-mono text-small">{branch}</span>
            </>
          )}
        </p>
        <Facts notice={notice} />
      </div>
      <p className="flex min-w-0 items-center gap-2 self-start text-muted max-lg:col-span-2 max-lg:col-start-2">
        {actor && <Avatar login={actor} />}
        <span className="truncate" dir="auto" title={run_title}>
          {[actor, run_title].filter(Boolean).join(" · ")}
        </span>
      </p>
      <div className="flex items-start justify-end gap-1 max-lg:col-start-3 max-lg:row-start-1">
        <span className="text-dim">
          <Age since={instant(notice.at)} />
        </span>
        {read ? (
          <span className="w-6" />
        ) : (
          <button
            type="button"
            aria-label={`Mark as read: ${titleOf(notice)}`}
            title="Mark as read"
            onClick={() => onRead([notice.id])}
            className="relative z-10 -mt-0.5 grid size-6 place-items-center rounded text-dim hover:bg-sunken hover:text-ink"
          >
            <Icon name="check" size={12} />
          </button>
        )}
      </div>
    </li>
  );
});

/** At which step, and what became of it. */
function Facts({ notice }: { notice: Notification }) {
  const place = placeOf(notice);
  const outcome = outcomeOf(notice);
  if (!place && !outcome) return null;
  return (
    <p className={LINE} dir="auto">
      {place && (
        <>
          {notice.kind === "waits" ? "Holds " : "Failed at "}
          <span className={`font-mono text-small ${notice.read ? "" : "text-ink"}`} title={place}>
            {place}
          </span>
        </>
      )}
      {place && outcome && " · "}
      {outcome}
    </p>
  );
}

const took = ({ since, ended_at, at }: Notification): string => duration(instant(ended_at ?? at) - instant(since));

/** What became of it, or how bad it has grown. */
export function outcomeOf(notice: Notification): string {
  const { kind, outcome, failures } = notice;
  if (kind === "fixed") return `Was broken for ${took(notice)}${failures > 1 ? `, ${failures} runs failed` : ""}`;
  if (outcome === "fixed") return `Fixed after ${took(notice)}`;
  if (outcome === "passed") return "The run passed in spite of it";
  if (outcome === "cancelled") return "The run was cancelled";
  if (outcome === "approved") return `Went on after ${took(notice)}`;
  if (outcome === "ended") return "The run ended";
  if (kind === "failing") return "The run still goes on";
  if (kind === "still_fails") return `Attempt ${notice.run_attempt}`;
  return failures > 1 ? `${failures} runs failed so far` : "";
}

function stateOf(notice: Notification): Parameters<typeof StateIcon>[0]["of"] {
  if (notice.kind === "waits") return { status: "waiting" };
  if (notice.kind === "fixed") return { status: "completed", conclusion: "success" };
  return { status: "completed", conclusion: conclusionOf(notice) };
}

import { Link } from "@tanstack/react-router";
import { memo, useMemo } from "react";
import type { RunList } from "../../api/types";
import { SkeletonRows } from "../../components/skeleton";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { lookOf } from "../../lib/status";
import { flashClass, useFlashes } from "../../lib/use-flashes";
import { type Entry, entriesOf } from "./entries";

const MOST = 40;

interface FeedProps {
  lists: RunList[];
  /** What the feed covers, said at its head. */
  scope: string;
  title?: string;
  loading?: boolean;
  filtering?: boolean;
}

export function Feed({ lists, scope, title = "Just now", loading = false, filtering = false }: FeedProps) {
  const entries = useMemo(() => entriesOf(lists, MOST), [lists]);
  const flashes = useFlashes(useMemo(() => new Map(entries.map((entry) => [entry.key, signature(entry)])), [entries]));
  const names = useMemo(() => new Map(lists.map(({ repo }) => [repo.slug, repo.full_name])), [lists]);
  const several = lists.length > 1;
  return (
    <div data-testid="feed" className="xl:sticky xl:top-0 xl:max-h-dvh xl:overflow-y-auto">
      <div className="flex h-14 items-center gap-3 px-4 sm:px-6 xl:px-5">
        <h2 className="font-semibold text-title">{title}</h2>
        <span className="ml-auto truncate text-dim">{scope}</span>
      </div>
      {loading && <SkeletonRows rows={8} height={61} narrow />}
      {entries.length === 0 && !loading && (
        <p className="border-t px-4 py-4 text-muted sm:px-6 xl:px-5">
          {filtering
            ? "Nothing that matches has happened yet."
            : "Nothing has happened yet. What happens appears here."}
        </p>
      )}
      <ol className="pb-6">
        {entries.map((entry) => (
          <Row
            key={entry.key}
            entry={entry}
            repository={several ? names.get(entry.slug) : undefined}
            flash={flashClass(flashes.get(entry.key))}
          />
        ))}
      </ol>
    </div>
  );
}

const signature = (entry: Entry): string => `${entry.at} ${entry.title}`;

interface RowProps {
  entry: Entry;
  repository: string | undefined;
  flash: string;
}

const Row = memo(
  function Row({ entry, repository, flash }: RowProps) {
    return (
      <li
        data-testid="feed-entry"
        data-state={lookOf(entry.state).state}
        className={`relative max-xl:nth-[n+13]:hidden grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-2.5 gap-y-0.5 px-4 py-2.5 before:absolute before:inset-x-4 before:top-0 before:border-t hover:bg-raised has-focus-visible:bg-raised sm:px-6 sm:before:inset-x-6 xl:px-5 xl:before:inset-x-5 ${flash}`}
      >
        <StateIcon of={entry.state} className="mt-0.5" />
        <Link
          to="/dashboard/$slug/runs/$runId"
          params={{ slug: entry.slug, runId: String(entry.runId) }}
          className="truncate font-medium after:absolute after:inset-0"
          dir="auto"
        >
          {entry.title}
        </Link>
        <span className="text-dim">
          <Age since={entry.at} />
        </span>
        <span className="col-span-2 col-start-2 truncate text-muted" dir="auto">
          {[entry.detail, repository].filter(Boolean).join(" · ")}
        </span>
      </li>
    );
  },
  (a, b) =>
    a.flash === b.flash &&
    a.repository === b.repository &&
    signature(a.entry) === signature(b.entry) &&
    a.entry.detail === b.entry.detail,
);

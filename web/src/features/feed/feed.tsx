import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { githubStatusQuery } from "../../api/get-github-status";
import type { RunList } from "../../api/types";
import { SkeletonRows } from "../../components/skeleton";
import { later } from "../../lib/later";
import { instant } from "../../lib/time";
import { useFlashMemory } from "../../lib/use-flash";
import { isIncident, itemsOf } from "./entries";
import { IncidentRow } from "./incident-row";
import { Row } from "./row";

const MOST = 40;

interface FeedProps {
  lists: RunList[];
  /** What the feed covers, said at its head. */
  scope: string;
  title?: string;
  loading?: boolean;
  filtering?: boolean;
}

export const Feed = later(function Feed({
  lists,
  scope,
  title = "Just now",
  loading = false,
  filtering = false,
}: FeedProps) {
  const since = useQuery(githubStatusQuery).data?.outage?.since;
  const items = useMemo(() => itemsOf(lists, MOST, since ? instant(since) : null), [lists, since]);
  const flashes = useFlashMemory(`${loading} ${filtering} ${scope}`);
  const names = useMemo(() => new Map(lists.map(({ repo }) => [repo.slug, repo.full_name])), [lists]);
  const several = lists.length > 1;
  return (
    <div data-testid="feed" className="xl:sticky xl:top-0 xl:max-h-dvh xl:overflow-y-auto">
      <div className="flex h-14 items-center gap-3 px-4 sm:px-6 xl:px-5">
        <h2 className="font-semibold text-title">{title}</h2>
        <span className="ml-auto truncate text-dim">{scope}</span>
      </div>
      {loading && <SkeletonRows rows={8} height={61} narrow />}
      {items.length === 0 && !loading && (
        <p className="border-t px-4 py-4 text-muted sm:px-6 xl:px-5">
          {filtering
            ? "Nothing that matches has happened yet."
            : "Nothing has happened yet. What happens appears here."}
        </p>
      )}
      <ol className="pb-6 max-xl:[&>:nth-child(n+13)]:hidden">
        {items.map((item) =>
          isIncident(item) ? (
            <IncidentRow key={item.key} incident={item} names={names} flashes={flashes} />
          ) : (
            <Row
              key={item.key}
              entry={item}
              repository={several ? names.get(item.slug) : undefined}
              flashes={flashes}
            />
          ),
        )}
      </ol>
    </div>
  );
});

import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { reposQuery } from "../api/get-repos";
import { runsQuery } from "../api/get-runs";
import type { RunList } from "../api/types";
import { Message, Trouble } from "../components/trouble";
import { Kiosk } from "../features/kiosk/kiosk";
import { wallOf } from "../features/kiosk/wall";
import { shiftDay } from "../lib/day";
import { useToday } from "../lib/use-clock";
import { useLiveRepos } from "../realtime/context";
import { ask, useSlug } from "../routing/address";
import { useBoardSearch } from "./board-search";
import { useBoardTab } from "./board-tab";

const leave = () => ask({ kiosk: undefined });

/** `?kiosk=1`: one repository or all, for a screen on a wall. Filters in the address count here too. */
export default function Wallboard() {
  const slug = useSlug();
  const filter = useBoardSearch();
  const { date, tz } = useToday();
  const repos = useQuery({ ...reposQuery(date, tz), enabled: !slug });
  const slugs = useMemo(() => (slug ? [slug] : (repos.data?.repos ?? []).map((repo) => repo.slug)), [slug, repos.data]);
  const days = [date, shiftDay(date, -1)];
  const answers = useQueries({
    queries: slugs.flatMap((each) => days.map((day) => runsQuery(each, day, tz))),
    combine: together,
  });
  useLiveRepos(slugs);
  const workflows = useMemo(() => wallOf(answers.lists, filter), [answers.lists, filter]);
  const name = slug ? (answers.lists[0]?.repo.full_name ?? slug) : "Board";
  useBoardTab(name, answers.lists);
  const error = repos.error ?? answers.error;
  const again = () => void (slug ? answers.refetch() : repos.refetch());
  return <Kiosk name={name} workflows={workflows} onLeave={leave} empty={<Empty error={error} onRetry={again} />} />;
}

function Empty({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  if (error) return <Trouble error={error} onRetry={onRetry} />;
  return (
    <Message icon="board" title="Nothing to show yet">
      <p>
        No workflow that is to be seen here has run since yesterday. The next run appears the moment GitHub reports it.
      </p>
    </Message>
  );
}

interface ListQuery {
  data: RunList | undefined;
  error: Error | null;
  refetch: () => Promise<unknown>;
}

function together(each: ListQuery[]) {
  return {
    lists: each.flatMap(({ data }) => data ?? []),
    error: each.find(({ error, data }) => error && !data)?.error ?? null,
    refetch: () => Promise.all(each.map(({ refetch }) => refetch())),
  };
}

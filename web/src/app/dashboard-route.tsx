import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { runsQuery } from "../api/get-runs";
import type { RunList } from "../api/types";
import { Page } from "../components/page";
import { Loading, SkeletonRows } from "../components/skeleton";
import { Message, Trouble } from "../components/trouble";
import { BUTTON } from "../components/ui/button";
import { ExternalLink } from "../components/ui/external-link";
import { Icon } from "../components/ui/icon";
import { BadgeButton } from "../features/badges/badge-button";
import { Dashboard } from "../features/dashboard/dashboard";
import { Feed } from "../features/feed/feed";
import { FilterBar } from "../features/filter/filter-bar";
import { NothingMatches } from "../features/filter/nothing-matches";
import { HistoryNote } from "../features/history/history-note";
import { useRetry } from "../features/history/use-retry";
import { dayName } from "../lib/day";
import { derive } from "../lib/derive";
import { filtered, isFiltering } from "../lib/filter";
import { useToday } from "../lib/use-clock";
import { useLiveRepos } from "../realtime/context";
import { RepoProof } from "../realtime/proof-line";
import { BoardFigures } from "./board-figures";
import { useSetFilter } from "./board-search";
import { useBoardTab } from "./board-tab";
import { DayControl } from "./day-control";

const route = getRouteApi("/dashboard/$slug");

export function DashboardRoute() {
  const { slug } = route.useParams();
  const { date: today, tz } = useToday();
  const filter = route.useSearch();
  const { date = today } = filter;
  const setFilter = useSetFilter();
  const { data: list, error, isPending, refetch } = useQuery(runsQuery(slug, date, tz));
  useLiveRepos([slug]);
  useRetry(list?.history?.retryAt, refetch);
  const shown = useMemo(() => list && filtered(list, filter), [list, filter]);
  const lists = useMemo(() => (shown ? [shown] : []), [shown]);
  const name = list?.repo.full_name ?? slug;
  useBoardTab(name, list ? [list] : []);
  const when = date === today ? "today" : "that day";

  return (
    <Page
      title={<Title name={name} address={list?.repo.html_url} />}
      controls={
        <>
          {list && <BadgeButton slug={slug} name={name} workflows={derive(list).workflows.map((each) => each.name)} />}
          <DayControl slug={slug} date={date} today={today} />
        </>
      }
      note={(list || isPending) && <RepoProof slug={slug} name={name} lastEventAt={list?.last_event_at} />}
      aside={
        (list || isPending) && (
          <Feed
            lists={lists}
            loading={isPending}
            filtering={isFiltering(filter)}
            scope={date === today ? name : dayName(date)}
            title={date === today ? "Just now" : "What happened"}
          />
        )
      }
    >
      {list?.history && <HistoryNote history={list.history} />}
      {list && list.runs.length > 0 && <FilterBar lists={[list]} filter={filter} onChange={setFilter} />}
      {(list || isPending) && <BoardFigures lists={lists} loading={isPending} when={when} />}
      {isPending && (
        <>
          <Loading what={slug} />
          <SkeletonRows rows={6} height={64} />
        </>
      )}
      {error && !list && (
        <Trouble
          error={error}
          onRetry={() => void refetch()}
          wayOut={
            <Link to="/" className={BUTTON}>
              All repositories
            </Link>
          }
        />
      )}
      {list && shown && list.runs.length > 0 && shown.runs.length === 0 ? (
        <NothingMatches filter={filter} onChange={setFilter} />
      ) : (
        shown && <Runs list={shown} today={date === today} />
      )}
    </Page>
  );
}

function Title({ name, address }: { name: string; address: string | null | undefined }) {
  const [owner, short] = name.includes("/") ? name.split("/", 2) : ["", name];
  return (
    <h1 className="flex min-w-0 items-center gap-1.5 font-semibold text-title">
      {owner && (
        <Link to="/" className="shrink-0 font-normal text-muted hover:text-ink">
          {owner} /
        </Link>
      )}
      <span className="truncate" dir="auto">
        {short}
      </span>
      <ExternalLink href={address} label={`${name} on GitHub`} className="-m-0.5 p-1.5 text-dim hover:text-ink">
        <Icon name="out" size={13} />
      </ExternalLink>
    </h1>
  );
}

function Runs({ list, today }: { list: RunList; today: boolean }) {
  if (list.runs.length > 0) return <Dashboard list={list} />;
  return list.history?.state === "fetching" ? <SkeletonRows rows={6} height={64} /> : <NoRuns today={today} />;
}

function NoRuns({ today }: { today: boolean }) {
  return today ? (
    <Message icon="board" title="Waiting for its first delivery">
      <p>No workflow has run today. The next run appears here the moment GitHub reports it.</p>
    </Message>
  ) : (
    <Message icon="board" title="No runs that day">
      <p>OmniLens knows of no workflow that ran on this day.</p>
    </Message>
  );
}

import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { runsQuery } from "../api/get-runs";
import { workflowsQuery } from "../api/get-workflows";
import type { RunList } from "../api/types";
import { Page } from "../components/page";
import { Loading, SkeletonRows } from "../components/skeleton";
import { Message, Trouble } from "../components/trouble";
import { BUTTON, Button } from "../components/ui/button";
import { Dashboard } from "../features/dashboard/dashboard";
import { type Compared, compare, sameCompared } from "../features/day/compare";
import { DayCardsSkeleton } from "../features/day/day-cards-skeleton";
import { IdleWorkflows } from "../features/day/idle-workflows";
import { MissedStarts } from "../features/day/missed-starts";
import { Feed } from "../features/feed/feed";
import { FilterBar } from "../features/filter/filter-bar";
import { NothingMatches } from "../features/filter/nothing-matches";
import { HistoryNote } from "../features/history/history-note";
import { useRetry } from "../features/history/use-retry";
import { MarkingContext, useMarkingOf } from "../features/marks/marking";
import type { Rewound } from "../features/rewind/rewound";
import { RewoundStatus } from "../features/rewind/rewound-status";
import { dayName } from "../lib/day";
import { derive } from "../lib/derive";
import { filtered, isFiltering } from "../lib/filter";
import { HEALTH_WORD, type Health } from "../lib/health";
import { sameItems } from "../lib/same-items";
import { useToday } from "../lib/use-clock";
import { useUnchanged } from "../lib/use-unchanged";
import { useLiveRepos } from "../realtime/context";
import { RepoProof } from "../realtime/proof-line";
import { ask } from "../routing/address";
import { BoardControls, BoardTitle } from "./board-header";
import { setFilter, useBoardSearch } from "./board-search";
import { useBoardTab } from "./board-tab";

const DayCards = lazy(() => import("../features/day/day-cards"));

const RewoundBoard = lazy(() => import("../features/rewind/rewound"));

const setAt = (at: string | undefined) => ask({ at }, { replace: true, keepScroll: true });

/** The board of a day, or as it was at a moment of the last half hour. */
export default function DashboardRoute({ slug }: { slug: string }) {
  const { at, date } = useBoardSearch();
  useLiveRepos([slug]);
  if (at === undefined || date !== undefined) return <Board slug={slug} rewound={null} />;
  return (
    <Suspense fallback={<Loading what={slug} />}>
      <RewoundBoard key={slug} slug={slug} at={at} onAt={setAt}>
        {(rewound) => <Board slug={slug} rewound={rewound} />}
      </RewoundBoard>
    </Suspense>
  );
}

function Board({ slug, rewound }: { slug: string; rewound: Rewound | null }) {
  const { date: today, tz } = useToday();
  const filter = useBoardSearch();
  const { date = today } = filter;
  const live = useQuery(runsQuery(slug, date, tz));
  const marking = useMarkingOf(slug);
  const { error, isPending, refetch } = rewound ?? live;
  const list = rewound ? rewound.list : live.data;
  useRetry(list?.history?.retryAt, refetch);
  const shown = useMemo(() => list && filtered(list, filter), [list, filter]);
  const lists = useMemo(() => (shown ? [shown] : []), [shown]);
  const name = list?.repo.full_name ?? slug;
  const names = useUnchanged(
    derive(list).workflows.map((each) => each.name),
    sameItems,
  );
  useBoardTab(name, list ? [list] : [], rewound !== null);
  const when = date === today ? "today" : "that day";

  return (
    <Page
      title={<BoardTitle name={name} address={list?.repo.html_url} />}
      controls={
        <BoardControls
          slug={slug}
          name={name}
          workflows={list ? names : null}
          date={date}
          today={today}
          isRewound={rewound !== null}
        />
      }
      status={rewound ? <RewoundStatus /> : undefined}
      note={!rewound && (list || isPending) && <RepoProof slug={slug} name={name} lastEventAt={list?.last_event_at} />}
      aside={
        (list || isPending) && (
          <Feed
            lists={lists}
            loading={isPending}
            filtering={isFiltering(filter)}
            scope={date === today ? name : dayName(date)}
            title={date !== today ? "What happened" : rewound ? "Then" : "Just now"}
          />
        )
      }
    >
      {list?.history && <HistoryNote history={list.history} />}
      {list && list.runs.length > 0 && <FilterBar lists={[list]} filter={filter} onChange={setFilter} />}
      {(isPending || (list && marking.isPending)) && (
        <>
          <Loading what={slug} />
          <DayCardsSkeleton />
          <SkeletonRows rows={6} height={64} />
        </>
      )}
      {error && !list && (
        <Trouble
          error={error}
          onRetry={() => void refetch()}
          wayOut={
            <a href="/" className={BUTTON}>
              All repositories
            </a>
          }
        />
      )}
      {list && shown && !marking.isPending && (
        <MarkingContext value={marking}>
          <Day
            key={date}
            list={list}
            shown={shown}
            when={when}
            today={date === today}
            view={JSON.stringify(filter)}
            only={filter.health ?? null}
            onOnly={(health) => setFilter({ health: health ?? undefined })}
          >
            {isNothingLeft(list, shown) && <NothingMatches filter={filter} onChange={setFilter} />}
          </Day>
        </MarkingContext>
      )}
    </Page>
  );
}

interface DayProps {
  list: RunList;
  /** What the filter leaves of it. */
  shown: RunList;
  /** "today", "that day". */
  when: string;
  today: boolean;
  /** Another one where somebody wants to see something else. */
  view: string;
  /** Workflows that do so compared with the day before, and nothing else. */
  only: Health | null;
}

const isNothingLeft = (list: RunList, shown: RunList): boolean => list.runs.length > 0 && shown.runs.length === 0;

/** A day beside those before it: what compares them counts the whole day, whatever is shown of it. */
function Day({
  children,
  onOnly,
  ...props
}: DayProps & { children: ReactNode; onOnly: (health: Health | null) => void }) {
  const { list, when, only } = props;
  const { data: before } = useQuery(workflowsQuery(list.repo.slug, list.date, list.tz));
  const { workflows } = derive(list);
  // What shows it is shown anew only where it says something else.
  const compared = useUnchanged(
    useMemo(() => compare(workflows, before), [workflows, before]),
    sameCompared,
  );
  return (
    <>
      {isComing(list) ? (
        <DayCardsSkeleton />
      ) : (
        <Suspense fallback={<DayCardsSkeleton />}>
          <DayCards list={list} compared={compared} only={only} onOnly={onOnly} when={when} />
        </Suspense>
      )}
      {only && <Limited to={only} onEnd={() => onOnly(null)} />}
      {children || <Runs {...props} compared={compared} />}
    </>
  );
}

/** Nothing of it is here yet, which does not mean that there was nothing. */
const isComing = ({ runs, history }: RunList): boolean => runs.length === 0 && history?.state === "fetching";

function Limited({ to, onEnd }: { to: Health; onEnd: () => void }) {
  return (
    <p role="status" className="flex items-center gap-3 border-b px-4 py-2 text-muted sm:px-6">
      Only workflows that are {HEALTH_WORD[to].toLowerCase()}
      <Button onClick={onEnd}>Show all</Button>
    </p>
  );
}

interface RunsProps extends DayProps {
  compared: Compared;
}

function Runs({ list, shown, compared, only, view, today, when }: RunsProps) {
  const idle = <IdleWorkflows slug={list.repo.slug} compared={compared} />;
  const whole = shown === list;
  const missed = compared.before && <MissedStarts list={list} before={compared.before} when={when} />;
  if (list.runs.length > 0) {
    return (
      <Dashboard
        list={shown}
        compared={compared}
        only={only}
        view={view}
        missed={whole && missed}
        idle={whole && idle}
      />
    );
  }
  if (isComing(list)) return <SkeletonRows rows={6} height={64} />;
  return (
    <>
      {missed && <div className="pt-5 sm:px-6">{missed}</div>}
      <NoRuns today={today} />
      <div className="pb-8 sm:px-6">{idle}</div>
    </>
  );
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

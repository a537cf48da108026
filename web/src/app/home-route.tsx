import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { reposQuery } from "../api/get-repos";
import { runsQuery } from "../api/get-runs";
import type { RunList } from "../api/types";
import { Page } from "../components/page";
import { Loading, SkeletonRows } from "../components/skeleton";
import { Trouble } from "../components/trouble";
import { Button } from "../components/ui/button";
import { Feed } from "../features/feed/feed";
import { FilterBar } from "../features/filter/filter-bar";
import { NothingMatches } from "../features/filter/nothing-matches";
import { Home } from "../features/home/home";
import { NoRepositories } from "../features/home/no-repositories";
import { RightsUnknown } from "../features/home/rights-unknown";
import { AddRepository } from "../features/repos/add-repository";
import { ArrangeList } from "../features/repos/arrange-list";
import { filtered, isFiltering } from "../lib/filter";
import { useToday } from "../lib/use-clock";
import { useLiveRepos } from "../realtime/context";
import { BoardFigures } from "./board-figures";
import { setFilter, useBoardSearch } from "./board-search";
import { useBoardTab } from "./board-tab";
import { RefreshButton } from "./refresh-button";

export default function HomeRoute() {
  const { date, tz } = useToday();
  const filter = useBoardSearch();
  const repos = useQuery(reposQuery(date, tz));
  const known = useMemo(() => repos.data?.repos ?? [], [repos.data]);
  const answers = useQueries({ queries: known.map(({ slug }) => runsQuery(slug, date, tz)), combine: together });
  useLiveRepos(useMemo(() => known.map(({ slug }) => slug), [known]));
  useBoardTab("Board", answers.lists);
  const [arranging, setArranging] = useState(false);

  const filtering = isFiltering(filter);
  const lists = useMemo(() => answers.lists.map((list) => filtered(list, filter)), [answers.lists, filter]);
  const shown = known
    .map((repo, index) => ({ repo, list: answers.each[index]?.data, failed: answers.each[index]?.isError ?? false }))
    .map((shown) => ({ ...shown, list: shown.list && filtered(shown.list, filter) }))
    .filter(({ list }) => !filtering || !list || list.runs.length > 0);
  const loading = answers.lists.length === 0 && !answers.each.some(({ isError }) => isError);
  const empty = repos.data !== undefined && known.length === 0;
  return (
    <Page
      title={<h1 className="font-semibold text-title">Board</h1>}
      controls={
        !empty && (
          <>
            <RefreshButton />
            {known.length > 0 && (
              <Button onClick={() => setArranging(!arranging)}>{arranging ? "Done" : "Arrange"}</Button>
            )}
            <AddRepository />
          </>
        )
      }
      aside={
        !empty &&
        !repos.isError && <Feed lists={lists} scope="all repositories" loading={loading} filtering={filtering} />
      }
    >
      {known.length > 0 && !arranging && <FilterBar lists={answers.lists} filter={filter} onChange={setFilter} />}
      {!empty && !arranging && <BoardFigures lists={lists} loading={loading} when="today" />}
      {repos.isPending && (
        <>
          <Loading what="the board" />
          <SkeletonRows rows={4} height={104} />
        </>
      )}
      {repos.isError && !repos.data && <Trouble error={repos.error} onRetry={() => void repos.refetch()} />}
      {repos.data?.problem && <RightsUnknown why={repos.data.problem} />}
      {empty && !repos.data?.problem && <NoRepositories />}
      {arranging && known.length > 0 && <ArrangeList repos={known} />}
      {!arranging && filtering && !loading && shown.length === 0 && (
        <NothingMatches filter={filter} onChange={setFilter} />
      )}
      {!arranging && <Home repos={shown} />}
    </Page>
  );
}

type ListQuery = { data: RunList | undefined; isError: boolean };

function together(each: ListQuery[]) {
  return {
    each: each.map(({ data, isError }) => ({ data, isError: isError && !data })),
    lists: each.flatMap(({ data }) => (data ? [data] : [])),
  };
}

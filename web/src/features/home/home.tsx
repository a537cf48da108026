import type { RepositoryCard, RunList } from "../../api/types";
import { derive } from "../../lib/derive";
import { inSection } from "../../lib/runs";
import { RepoCard } from "./repo-card";

interface HomeRepo {
  repo: RepositoryCard;
  list: RunList | undefined;
  failed: boolean;
}

const needsSomebody = ({ list }: HomeRepo): boolean => inSection(derive(list).workflows, "needs").length > 0;

/** Repositories that need somebody come first; within both groups they are in the order of the list. */
function byNeed(a: HomeRepo, b: HomeRepo): number {
  return Number(needsSomebody(b)) - Number(needsSomebody(a));
}

export function Home({ repos }: { repos: HomeRepo[] }) {
  return (
    <div>
      {[...repos].sort(byNeed).map(({ repo, list, failed }) => (
        <RepoCard key={repo.slug} repo={repo} list={list} failed={failed} />
      ))}
    </div>
  );
}

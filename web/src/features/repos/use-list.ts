import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, done, unwrap } from "../../api/client";
import { keys } from "../../api/keys";
import type { AddedRepository, RepositoryList } from "../../api/types";
import { say } from "../../components/toast-manager";

export const UNCHECKED =
  "Not checked with GitHub: there is no token. It appears as soon as its first delivery arrives.";

const add = async (repository: string): Promise<AddedRepository> =>
  unwrap(await client.POST("/api/repos", { body: { repository } }));

const order = async (slugs: string[]): Promise<void> => done(await client.PUT("/api/repos/order", { body: { slugs } }));

/** Adds what was written, and says so. */
export function useAdd(onDone: (added: AddedRepository) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: add,
    onSuccess: async (added) => {
      say(`list ${added.slug}`, `${added.full_name} is on your list`, added.checked ? undefined : UNCHECKED);
      await refresh(queries);
      onDone(added);
    },
  });
}

/** Takes a repository off the list at once, and offers to put it back where it was. */
export function useTakeOff() {
  const queries = useQueryClient();
  return async (slug: string, fullName: string): Promise<void> => {
    const before = slugsOf(queries);
    show(queries, (list) => list.filter((repo) => repo.slug !== slug));
    const putBack = async () => {
      try {
        await add(fullName);
        await order(before);
      } catch (error) {
        say(`list ${slug}`, `${fullName} could not be put back`, sentenceOf(error));
      }
      await refresh(queries);
    };
    try {
      done(await client.DELETE("/api/repos/{slug}", { params: { path: { slug } } }));
      say(`list ${slug}`, `${fullName} is off your list`, undefined, () => void putBack());
    } catch (error) {
      say(`list ${slug}`, `${fullName} is still on your list`, sentenceOf(error));
    }
    await refresh(queries);
  };
}

/** Puts the list into another order at once; what the server refuses goes back. */
export function useOrder() {
  const queries = useQueryClient();
  return async (slugs: string[]): Promise<void> => {
    show(queries, (list) => [...list].sort((a, b) => slugs.indexOf(a.slug) - slugs.indexOf(b.slug)));
    try {
      await order(slugs);
    } catch (error) {
      say("list order", "The order could not be kept", sentenceOf(error));
      await refresh(queries);
    }
  };
}

type Repos = RepositoryList["repos"];

function show(queries: QueryClient, change: (repos: Repos) => Repos): void {
  queries.setQueriesData<RepositoryList>(
    { queryKey: keys.allRepos },
    (list) => list && { ...list, repos: change(list.repos) },
  );
}

function slugsOf(queries: QueryClient): string[] {
  const [list] = queries.getQueriesData<RepositoryList>({ queryKey: keys.allRepos });
  return list?.[1]?.repos.map(({ slug }) => slug) ?? [];
}

async function refresh(queries: QueryClient): Promise<void> {
  await Promise.all([keys.allRepos, keys.suggestions].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : "The server did not answer.");

import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../api/keys";
import type { ClaimChanged, ClaimList } from "../api/types";

/** Takes in that somebody is on it, or nobody any more. */
export function applyClaim(client: QueryClient, { repoSlug, workflow_id, branch, claim }: ClaimChanged): void {
  const queryKey = keys.claims(repoSlug);
  client.setQueryData<ClaimList>(queryKey, (list) => {
    if (!list) return list;
    const others = list.claims.filter((each) => each.workflow_id !== workflow_id || each.branch !== branch);
    return { ...list, claims: claim ? [...others, claim] : others };
  });
  // An answer that is on its way may have been given before.
  if (client.getQueryState(queryKey)?.fetchStatus === "fetching") void client.invalidateQueries({ queryKey });
}

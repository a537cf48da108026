import { useQuery, useQueryClient } from "@tanstack/react-query";
import { client, done, unwrap } from "../../api/client";
import { claimsQuery } from "../../api/get-claims";
import type { Claim, RunDetail } from "../../api/types";
import { say } from "../../components/toast-manager";
import { branchOf, claimOn } from "../../lib/claims";
import { keep, recall } from "../../lib/kept";
import { applyClaim } from "../../realtime/claims";

const NAME = "omnilens-name";

/** What somebody is called where nobody logs in: typed once, and kept in this browser. */
export const ownName = (): string | null => recall(NAME);
export const keepOwnName = (name: string): void => keep(NAME, name.trim());

/** Who looks after what a run is about, if it is known; `runs` are those that are known of its workflow. */
export function useClaim(slug: string, run: RunDetail, runs: RunDetail[]): Claim | null | undefined {
  return useQuery({ ...claimsQuery(slug), select: ({ claims }) => claimOn(claims, run, runs) ?? null }).data;
}

/** To be on it, and not to be any more. Both are shown at once; what the server refuses is said. */
export function useClaiming(slug: string, run: RunDetail) {
  const queries = useQueryClient();
  const branch = branchOf(run);
  const workflow_id = run.workflow_id ?? 0;
  const params = { path: { slug, workflow_id }, query: branch === null ? {} : { branch } };
  const attempt = async (change: () => Promise<Claim | null>, failure: string) => {
    try {
      applyClaim(queries, { repoSlug: slug, workflow_id, branch, claim: await change() });
    } catch (error) {
      say(`claim ${slug} ${workflow_id}`, failure, error instanceof Error ? error.message : undefined);
    }
  };
  return {
    claim: (name: string | null) =>
      attempt(
        async () => unwrap(await client.PUT("/api/repos/{slug}/claims/{workflow_id}", { params, body: { name } })),
        "It could not be claimed",
      ),
    takeBack: () =>
      attempt(async () => {
        done(await client.DELETE("/api/repos/{slug}/claims/{workflow_id}", { params }));
        return null;
      }, "It could not be taken back"),
  };
}

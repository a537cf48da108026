import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError } from "../../api/client";
import { getMarks, putMarks } from "../../api/get-marks";
import { keys } from "../../api/keys";
import type { KeptMarks } from "../../api/types";
import { joined, type Marks, NO_MARKS } from "../../lib/marks";
import { dropMarks, marksOf } from "../../lib/use-marks";

/** Made again where another page was faster, so it has to come to the same when it is made twice. */
export type MarkChange = (marks: Marks) => Marks;

const ATTEMPTS = 4;

/** What the account has marked; looked at again whenever the board is opened or somebody comes back to it. */
export const marksQuery = (slug: string) =>
  queryOptions({
    queryKey: keys.marks(slug),
    queryFn: async ({ client, signal }) => newest(client, slug, await withOwn(slug, await getMarks(slug, signal))),
    staleTime: 0,
    refetchOnWindowFocus: true,
    // The board waits for it, and can do without.
    retry: false,
  });

/** What was marked in this browser before anybody logged in goes to the account, once. */
async function withOwn(slug: string, kept: KeptMarks): Promise<KeptMarks> {
  const own = marksOf(slug);
  if (own === NO_MARKS) return kept;
  try {
    const both = await putMarks(slug, { ...kept, marks: joined(kept.marks, own) });
    dropMarks(slug);
    return both;
  } catch {
    return kept; // Then the next time.
  }
}

/** Of what is here and what has come, the newer one: answers may overtake each other. */
function newest(queries: QueryClient, slug: string, come: KeptMarks): KeptMarks {
  const here = queries.getQueryData<KeptMarks>(keys.marks(slug));
  return here && here.version >= come.version ? here : come;
}

/** Changes the account's marks, and makes the change anew where another page has changed something meanwhile. */
export async function keepChange(queries: QueryClient, slug: string, change: MarkChange): Promise<void> {
  for (let left = ATTEMPTS; ; left--) {
    const { marks, version } = await queries.ensureQueryData(marksQuery(slug));
    try {
      const kept = await putMarks(slug, { marks: change(marks), version });
      queries.setQueryData(keys.marks(slug), newest(queries, slug, kept));
      return;
    } catch (error) {
      const overtaken = error instanceof ApiError && error.code === "marks-changed";
      if (!overtaken || left === 0) throw error;
      await queries.fetchQuery(marksQuery(slug));
    }
  }
}

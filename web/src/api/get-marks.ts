import { client, unwrap } from "./client";
import type { KeptMarks } from "./types";

const at = (slug: string) => ({ path: { slug } });

/** What the viewer's account has marked in a repository. */
export const getMarks = async (slug: string, signal: AbortSignal): Promise<KeptMarks> =>
  unwrap(await client.GET("/api/me/marks/{slug}", { params: at(slug), signal }));

/** Puts marks in the place of those of the same version; what has another one by now is refused. */
export const putMarks = async (slug: string, body: KeptMarks): Promise<KeptMarks> =>
  unwrap(await client.PUT("/api/me/marks/{slug}", { params: at(slug), body }));

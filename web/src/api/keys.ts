/**
 * ["repos", date, tz]                        the repositories
 * ["suggestions"]                            what may be added to them
 * ["me"]                                     who looks
 * ["tokens"]                                 their access tokens
 * ["github"]                                 how the repositories compare with GitHub
 * ["github-status"]                          whether something is down there
 * ["doctor", slug]                           what is wrong with a repository's webhook
 * ["alerts"], ["flags"], ["problems"], ["figures"]  the server itself, for its operators
 * ["notifications"]                          what the viewer was told
 * ["attempt", slug, id, number]              an earlier attempt of a run
 * ["claims", slug]                           who is on what fails there
 * ["marks", slug]                            what the viewer has marked there, where somebody is logged in
 * ["workflows", slug, date, tz]            what a day is compared with
 * ["report", slug, days, tz]               its last days in numbers
 * ["live", slug]                             everything a subscription keeps up to date
 * ["live", slug, "runs", date, tz]           the runs of a day
 * ["live", slug, "run", id]                  one run with all its steps
 * ["live", slug, "rewind", tz]               the last half hour, update by update
 */
export const keys = {
  allRepos: ["repos"] as const,
  repos: (date: string, tz: string) => ["repos", date, tz] as const,
  me: ["me"] as const,
  tokens: ["tokens"] as const,
  suggestions: ["suggestions"] as const,
  github: ["github"] as const,
  alerts: ["alerts"] as const,
  flags: ["flags"] as const,
  problems: ["problems"] as const,
  figures: ["figures"] as const,
  githubStatus: ["github-status"] as const,
  notifications: ["notifications"] as const,
  attempt: (slug: string, id: number, attempt: number) => ["attempt", slug, id, attempt] as const,
  claims: (slug: string) => ["claims", slug] as const,
  allMarks: ["marks"] as const,
  marks: (slug: string) => ["marks", slug] as const,
  doctor: (slug: string) => ["doctor", slug] as const,
  allWorkflows: (slug: string) => ["workflows", slug] as const,
  workflows: (slug: string, date: string, tz: string) => ["workflows", slug, date, tz] as const,
  allReports: (slug: string) => ["report", slug] as const,
  report: (slug: string, days: number, tz: string) => ["report", slug, days, tz] as const,
  live: (slug: string) => ["live", slug] as const,
  lists: (slug: string) => ["live", slug, "runs"] as const,
  runs: (slug: string, date: string, tz: string) => ["live", slug, "runs", date, tz] as const,
  rewind: (slug: string, tz: string) => ["live", slug, "rewind", tz] as const,
  run: (slug: string, id: number) => ["live", slug, "run", id] as const,
};

/** The day that a list of runs is of. */
export const dayOfList = (key: readonly unknown[]): string => String(key[3]);

/** The repository a live key belongs to. */
export function slugOfLiveKey(key: readonly unknown[]): string | undefined {
  return key[0] === "live" && typeof key[1] === "string" ? key[1] : undefined;
}

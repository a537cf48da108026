import type { FlagAnswer } from "../../api/types";

/** The way from asking every ten seconds to live updates: with a few first, and back at any time. */
export const STEPS = ["10%", "50%", "on"] as const;
export type StepUp = (typeof STEPS)[number];

const share = (live: string): number => (live === "on" ? 100 : live === "off" ? 0 : Number.parseFloat(live));

/** The step after where a repository is; nothing where everybody has live updates. */
export const nextStep = (live: string): StepUp | null => STEPS.find((step) => share(step) > share(live)) ?? null;

/** How many of the steps were taken. */
export const stepsTaken = (live: string): number => STEPS.filter((step) => share(step) <= share(live)).length;

/** What counts for a repository: what was decided for it, or for all, or the settings. */
export const liveOf = (flags: FlagAnswer, slug: string): string =>
  flags.repos[slug]?.live ?? flags.everywhere?.live ?? flags.live;

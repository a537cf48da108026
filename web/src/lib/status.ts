import type { Conclusion, Status } from "../api/types";

export type Tone = "moves" | "passed" | "broke" | "waits" | "quiet";
export type Section = "needs" | "running" | "fine" | "other";
export type State = Status | Conclusion;

export interface Look {
  state: State;
  /** What it is, in one or two words. */
  word: string;
  /** What happened, after a name: "CI failed". */
  verb: string;
  tone: Tone;
  section: Section;
}

interface Progress {
  status: Status;
  conclusion?: Conclusion | null;
  /** The jobs of a run. */
  jobs?: Progress[];
}

const LOOKS: Record<State, Omit<Look, "state">> = {
  requested: { word: "Requested", verb: "was requested", tone: "quiet", section: "running" },
  queued: { word: "Queued", verb: "is queued", tone: "quiet", section: "running" },
  pending: { word: "Pending", verb: "is pending", tone: "quiet", section: "running" },
  waiting: { word: "Waiting", verb: "waits for approval", tone: "waits", section: "needs" },
  in_progress: { word: "Running", verb: "started", tone: "moves", section: "running" },
  completed: { word: "Completed", verb: "completed", tone: "quiet", section: "other" },
  success: { word: "Passed", verb: "passed", tone: "passed", section: "fine" },
  failure: { word: "Failed", verb: "failed", tone: "broke", section: "needs" },
  cancelled: { word: "Cancelled", verb: "was cancelled", tone: "quiet", section: "other" },
  skipped: { word: "Skipped", verb: "was skipped", tone: "quiet", section: "other" },
  timed_out: { word: "Timed out", verb: "timed out", tone: "broke", section: "needs" },
  action_required: { word: "Needs action", verb: "needs action", tone: "waits", section: "needs" },
  neutral: { word: "Neutral", verb: "ended neutral", tone: "quiet", section: "other" },
  stale: { word: "Stale", verb: "went stale", tone: "quiet", section: "other" },
  startup_failure: { word: "Failed to start", verb: "failed to start", tone: "broke", section: "needs" },
  unknown: { word: "Unknown", verb: "changed", tone: "quiet", section: "other" },
};

export const STATES = Object.keys(LOOKS) as State[];
/** Made once: they are looked up thousands of times for each update. */
const WHOLE: ReadonlyMap<State, Look> = new Map(STATES.map((state) => [state, { state, ...LOOKS[state] }]));

/** A completed thing is described by its conclusion, everything else by its status. */
export function lookOf(thing: Progress): Look {
  const { status, conclusion } = thing;
  const state = status === "completed" ? (conclusion ?? "completed") : isHeldUp(thing) ? "waiting" : status;
  // A server newer than this page may send words it has never heard of.
  return WHOLE.get(state) ?? (WHOLE.get("unknown") as Look);
}

/** GitHub calls a run "in progress" also while all that is left of it waits for somebody's approval. */
function isHeldUp({ jobs = [] }: Progress): boolean {
  const goesOn = jobs.some(({ status }) => status === "in_progress" || status === "queued");
  return !goesOn && jobs.some(({ status }) => status === "waiting");
}

export const isCompleted = (thing: Progress): boolean => thing.status === "completed";
export const isPassed = (thing: Progress): boolean => lookOf(thing).state === "success";
export const isBroken = (thing: Progress): boolean => lookOf(thing).tone === "broke";
export const isWaiting = (thing: Progress): boolean => lookOf(thing).tone === "waits";

const ALARM: Tone[] = ["broke", "waits", "moves", "passed", "quiet"];

/** The tone a whole page takes from its parts: the most urgent one. */
export function worstTone(tones: Iterable<Tone>): Tone {
  const present = new Set(tones);
  return ALARM.find((tone) => present.has(tone)) ?? "quiet";
}

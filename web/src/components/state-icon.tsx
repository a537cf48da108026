import type { ReactNode } from "react";
import { lookOf, type State, type Tone } from "../lib/status";
import { useClock } from "../lib/use-clock";

const RING = <circle cx="8" cy="8" r="6.2" />;

/** Every state has a shape of its own, so that nobody depends on telling colours apart. */
export const SHAPES: Record<State, ReactNode> = {
  requested: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeDasharray="1.2 2.7" />
      <path d="M8 10.8V5.4M5.8 7.4L8 5.2l2.2 2.2" />
    </>
  ),
  queued: <circle cx="8" cy="8" r="6.2" strokeDasharray="2.6 2.27" />,
  pending: (
    <>
      {RING}
      <path d="M5.2 8h.01M8 8h.01M10.8 8h.01" strokeWidth="2" />
    </>
  ),
  waiting: (
    <>
      {RING}
      <path d="M8 4.6V8l2.2 1.6" />
    </>
  ),
  in_progress: (
    <>
      <circle cx="8" cy="8" r="6.2" opacity=".3" />
      <Hand />
    </>
  ),
  completed: (
    <>
      {RING}
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  success: <path d="M3.2 8.6l3.1 3.1 6.5-7.2" />,
  failure: (
    <>
      {RING}
      <path d="M5.8 5.8l4.4 4.4m0-4.4l-4.4 4.4" />
    </>
  ),
  cancelled: (
    <>
      {RING}
      <path d="M3.8 12.2l8.4-8.4" />
    </>
  ),
  skipped: <path d="M3 4l4 4-4 4m5.5-8l4 4-4 4" />,
  timed_out: <path d="M4 2h8M4 14h8M5 2c0 3.5 6 5 6 12M11 2c0 3.5-6 5-6 12" />,
  action_required: (
    <>
      <path d="M8 1.4L14.6 8 8 14.6 1.4 8z" />
      <path d="M8 5v3.4m0 2.3h.01" />
    </>
  ),
  neutral: (
    <>
      <rect x="2.2" y="2.2" width="11.6" height="11.6" rx="2.5" />
      <path d="M5.4 8h5.2" />
    </>
  ),
  stale: (
    <>
      <path d="M1.8 3.2h12.4v3H1.8zM3 6.2v7h10v-7" />
      <path d="M6.4 9h3.2" />
    </>
  ),
  startup_failure: (
    <>
      <path d="M5 3.2a6 6 0 106 0" />
      <path d="M8 1.5v6" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeDasharray="6 2" />
      <path d="M6.2 6.4a1.8 1.8 0 113 1.4c-.8.6-1.2.9-1.2 1.6m0 1.8h.01" />
    </>
  ),
};

/**
 * Moves on once a second, and stands still where the page's clock does. An animation would have the browser draw the
 * page sixty times a second, also where nobody sees it.
 */
function Hand() {
  const eighth = useClock((now) => Math.floor(now / 1000) % 8);
  return (
    <path
      d="M8 1.8A6.2 6.2 0 0114.2 8"
      className="motion-reduce:transform-none!"
      style={{ transformOrigin: "center", transform: `rotate(${eighth * 45}deg)` }}
    />
  );
}

export const TONE_TEXT: Record<Tone, string> = {
  moves: "text-moves",
  passed: "text-passed",
  broke: "text-broke",
  waits: "text-waits",
  quiet: "text-quiet",
};

export const TONE_FILL: Record<Tone, string> = {
  moves: "bg-moves",
  passed: "bg-passed",
  broke: "bg-broke",
  waits: "bg-waits",
  quiet: "bg-quiet",
};

interface StateIconProps {
  of: Parameters<typeof lookOf>[0];
  /** Where the word does not stand beside it, the icon has to say it. */
  labelled?: boolean;
  className?: string;
}

export function StateIcon({ of, labelled = false, className = "" }: StateIconProps) {
  const look = lookOf(of);
  return (
    <svg
      viewBox="0 0 16 16"
      data-state={look.state}
      className={`size-4 shrink-0 fill-none stroke-current stroke-[1.6] ${TONE_TEXT[look.tone]} ${className}`}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(labelled ? { role: "img" } : { "aria-hidden": true })}
    >
      <title>{look.word}</title>
      {SHAPES[look.state]}
    </svg>
  );
}

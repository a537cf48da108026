import type { Health } from "../lib/health";

const PATHS: Record<Health, string> = {
  regressed: "M3 4.5l4 4 2.5-2.5L13 10.5M9.4 10.5H13V7",
  "still-failing": "M3 11.5h10M8 2.5v6M5.6 6.2L8 8.6l2.4-2.4",
  improved: "M3 11.5l4-4L9.5 10 13 5.500M9.4 5.500H13V9",
  consistent: "M3 6.200h10M3 9.800h10",
};

const TONE: Record<Health, string> = {
  regressed: "text-broke",
  "still-failing": "text-broke",
  improved: "text-passed",
  consistent: "text-quiet",
};

/** A shape for each, so that nobody depends on telling colours apart; the word always stands beside it. */
export function HealthIcon({ health, muted = false }: { health: Health; muted?: boolean }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={`size-3.5 shrink-0 fill-none stroke-current stroke-[1.6] ${muted ? "text-dim" : TONE[health]}`}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[health]} />
    </svg>
  );
}

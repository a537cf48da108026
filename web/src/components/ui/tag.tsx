import type { ReactNode } from "react";
import type { Tone } from "../../lib/status";

const TONES: Record<Tone, string> = {
  moves: "bg-moves-soft text-moves",
  passed: "bg-passed-soft text-passed",
  broke: "bg-broke-soft text-broke",
  waits: "bg-waits-soft text-waits",
  quiet: "bg-quiet-soft text-muted",
};

export function Tag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`shrink-0 whitespace-nowrap rounded px-1.5 py-px font-medium text-[11px]/4 ${TONES[tone]}`}>
      {children}
    </span>
  );
}

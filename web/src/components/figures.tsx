import type { ReactNode } from "react";
import type { Tone } from "../lib/status";
import { TONE_TEXT } from "./state-icon";

export interface Figure {
  key: string;
  value: ReactNode;
  label: ReactNode;
  tone?: Tone | undefined;
}

/** The few numbers that answer "do I have to look closer?". */
export function Figures({ figures, label }: { figures: Figure[]; label: string }) {
  return (
    <dl aria-label={label} className="grid grid-cols-2 border-b md:grid-cols-4">
      {figures.map(({ key, value, label, tone }) => (
        <div
          key={key}
          data-testid={`figure-${key}`}
          className="flex min-w-0 flex-col-reverse justify-end px-4 py-3.5 even:border-l max-md:nth-[n+3]:border-t sm:px-6 md:not-first:border-l"
        >
          <dt className="truncate text-muted text-small">{label}</dt>
          <dd className={`font-semibold text-figure tracking-tight ${tone ? TONE_TEXT[tone] : ""}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

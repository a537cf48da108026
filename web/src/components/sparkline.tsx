import { memo } from "react";
import type { RunDetail } from "../api/types";
import { elapsed } from "../lib/runs";
import { isBroken, isPassed, lookOf } from "../lib/status";
import { TONE_TEXT } from "./state-icon";

const STEP = 6;
const HEIGHT = 20;

interface SparklineProps {
  /** Newest first. */
  runs: RunDetail[];
  most?: number;
}

/** The last runs, oldest left: height is duration, colour is how it ended, and a failed one stands on a dot. */
export const Sparkline = memo(function Sparkline({ runs, most = 20 }: SparklineProps) {
  const shown = runs.slice(0, most).reverse();
  const longest = Math.max(1, ...shown.map((run) => elapsed(run, 0)));
  return (
    <svg
      width={shown.length * STEP - 2}
      height={HEIGHT}
      className="block shrink-0 fill-current"
      role="img"
      aria-label={describe(shown)}
    >
      {shown.map((run, index) => {
        const broken = isBroken(run);
        const height = 4 + Math.sqrt(elapsed(run, 0) / longest) * (HEIGHT - 8);
        return (
          <g key={run.id} className={TONE_TEXT[lookOf(run).tone]} opacity={0.55 + (0.45 * (index + 1)) / shown.length}>
            <rect x={index * STEP} y={HEIGHT - 4 - height} width="4" height={height} rx="1" />
            {broken && <circle cx={index * STEP + 2} cy={HEIGHT - 1.5} r="1.5" />}
          </g>
        );
      })}
    </svg>
  );
});

function describe(runs: RunDetail[]): string {
  const passed = runs.filter(isPassed).length;
  const broken = runs.filter(isBroken).length;
  return `Last ${runs.length} runs: ${passed} passed, ${broken} failed`;
}

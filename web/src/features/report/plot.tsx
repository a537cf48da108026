import type { ReactNode } from "react";
import { shortDay } from "../../lib/day";
import { useWidth } from "../../lib/use-width";
import { namedDays } from "./scale";

const HEIGHT = 150;
const LEFT = 44;
const BOTTOM = 20;
const TOP = 8;

/** Where things are in a plot. */
export interface Place {
  /** The left edge of a day. */
  x: (day: number) => number;
  y: (value: number) => number;
  /** How wide a day is. */
  step: number;
}

interface PlotProps {
  /** What it shows: its title in a picture of the page. */
  name: string;
  dates: string[];
  max: number;
  format: (value: number) => string;
  children: (place: Place) => ReactNode;
}

/** The frame of every chart over days. Screen readers have the table beside it. */
export function Plot({ name, dates, max, format, children }: PlotProps) {
  const [frame, width] = useWidth<HTMLDivElement>(640);
  const step = Math.max(1, width - LEFT) / dates.length;
  const y = (value: number) => TOP + (1 - value / max) * (HEIGHT - TOP - BOTTOM);
  const x = (day: number) => LEFT + day * step;
  return (
    <div ref={frame} className="min-w-0">
      <svg
        aria-hidden="true"
        data-chart={name}
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        className="block max-w-full"
      >
        {[0, max / 2, max].map((value) => (
          <g key={value}>
            <path d={`M${LEFT} ${y(value)}H${width}`} className="stroke-line" />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end" className="fill-dim text-[11px]">
              {format(value)}
            </text>
          </g>
        ))}
        {namedDays(dates.length, width - LEFT).map((day) => (
          <text
            key={day}
            x={Math.min(x(day) + step / 2, width - 24)}
            y={HEIGHT - 4}
            textAnchor="middle"
            className="fill-dim text-[11px]"
          >
            {shortDay(dates[day] as string)}
          </text>
        ))}
        {children({ x, y, step })}
      </svg>
    </div>
  );
}

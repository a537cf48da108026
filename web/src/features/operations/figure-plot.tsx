import type { Plotted } from "../../api/types";
import { minuteOfDay } from "../../lib/time";
import { useWidth } from "../../lib/use-width";
import { linePath } from "../report/scale";
import { figureText, isWrong, range } from "./figures";

const HEIGHT = 64;
const TOP = 6;
const BOTTOM = 14;

/** One figure: where it stands, and how it came there in the last hour. The table beside it says the same. */
export function FigurePlot({ series, times }: { series: Plotted; times: readonly number[] }) {
  const now = series.points.at(-1);
  const wrong = isWrong(series, now);
  return (
    <figure data-testid="figure" data-figure={series.name} className="min-w-0 border-b px-4 py-3 sm:px-3">
      <figcaption className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 text-muted text-small">{series.title}</span>
        <span className={`whitespace-nowrap font-semibold tabular-nums ${wrong ? "text-broke" : ""}`}>
          {figureText(series, now)}
        </span>
      </figcaption>
      <Line series={series} times={times} />
    </figure>
  );
}

function Line({ series, times }: { series: Plotted; times: readonly number[] }) {
  const [frame, width] = useWidth<HTMLDivElement>(280);
  const [least, most] = range(series);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const y = (value: number) => TOP + (1 - (value - least) / (most - least)) * (HEIGHT - TOP - BOTTOM);
  const x = (at: number) => (last > first ? ((at - first) / (last - first)) * width : width);
  const { threshold } = series;
  return (
    <div ref={frame} className="min-w-0">
      <svg aria-hidden="true" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} className="block">
        <path d={`M0 ${y(least)}H${width}`} className="stroke-line" />
        {threshold !== null && (
          <>
            <path d={`M0 ${y(threshold)}H${width}`} strokeDasharray="3 3" className="stroke-line-strong" />
            <text x={0} y={y(threshold) + (y(threshold) < 16 ? 11 : -3)} className="fill-dim text-[10px]">
              {series.wrong_below ? "below" : "above"} {figureText(series, threshold)}
            </text>
          </>
        )}
        <path
          d={linePath(
            series.points.map((value, index) => (value === null ? null : ([x(times[index] ?? 0), y(value)] as const))),
          )}
          className="fill-none stroke-[1.5] stroke-accent"
          strokeLinejoin="round"
        />
        {series.points.map((value, index) =>
          value !== null && isWrong(series, value) ? (
            <circle key={times[index]} cx={x(times[index] ?? 0)} cy={y(value)} r="1.75" className="fill-broke" />
          ) : null,
        )}
        {times.length > 1 && (
          <>
            <text x={0} y={HEIGHT - 2} className="fill-dim text-[10px]">
              {minuteOfDay(first * 1000)}
            </text>
            <text x={width} y={HEIGHT - 2} textAnchor="end" className="fill-dim text-[10px]">
              {minuteOfDay(last * 1000)}
            </text>
          </>
        )}
      </svg>
    </div>
  );
}

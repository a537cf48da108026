import type { Report, ReportWorkflow } from "../../api/types";
import { percent } from "../../lib/runs";
import { clockFace } from "../../lib/time";
import { Plot } from "./plot";
import { linePath, roundMax, roundSeconds } from "./scale";

type Days = Report["by_day"];

const count = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

/** A day on which nothing passed or failed has no rate, and the line a gap. */
export function RateChart({ days }: { days: Days }) {
  return (
    <Plot name="Success rate by day" dates={days.map(({ date }) => date)} max={1} format={percent}>
      {({ x, y, step }) => (
        <>
          <path
            d={linePath(
              days.map(({ success_rate: rate }, day) =>
                typeof rate === "number" ? [x(day) + step / 2, y(rate)] : null,
              ),
            )}
            className="fill-none stroke-[1.5] stroke-passed"
          />
          {days.map(
            ({ date, success_rate: rate }, day) =>
              typeof rate === "number" && (
                <circle
                  key={date}
                  cx={x(day) + step / 2}
                  cy={y(rate)}
                  r="2.5"
                  className={rate < 1 ? "fill-broke" : "fill-passed"}
                >
                  <title>{`${date}: ${percent(rate)}`}</title>
                </circle>
              ),
          )}
        </>
      )}
    </Plot>
  );
}

const PARTS = [
  { key: "passed", fill: "fill-passed" },
  { key: "other", fill: "fill-quiet" },
  { key: "failed", fill: "fill-broke" },
] as const;

export function RunsChart({ days }: { days: Days }) {
  const max = roundMax(Math.max(...days.map(({ runs }) => runs)));
  return (
    <Plot
      name="Runs by day"
      dates={days.map(({ date }) => date)}
      max={max}
      format={(value) => (Number.isInteger(value) ? count.format(value) : "")}
    >
      {({ x, y, step }) =>
        days.map((day, index) => {
          let below = 0;
          const gap = step > 4 ? step * 0.2 : 0;
          return (
            <g key={day.date}>
              <title>{`${day.date}: ${day.passed} passed, ${day.failed} failed, ${day.other} other`}</title>
              {PARTS.map(({ key, fill }) => {
                const from = y(below);
                below += day[key];
                const height = from - y(below);
                // The hairline between two parts tells them apart without their colours.
                return (
                  height > 0 && (
                    <rect
                      key={key}
                      x={x(index) + gap / 2}
                      y={y(below)}
                      width={Math.max(1, step - gap)}
                      height={Math.max(1, height - 1)}
                      className={fill}
                    />
                  )
                );
              })}
            </g>
          );
        })
      }
    </Plot>
  );
}

/** Half of the runs below the full line, 95 % below the dashed one. */
export function DurationChart({ workflow, days }: { workflow: ReportWorkflow; days: Days }) {
  const known = new Map(workflow.by_day.map((each) => [each.date, each]));
  const max = roundSeconds(Math.max(0, ...workflow.by_day.map(({ p95 }) => p95)));
  const dates = days.map(({ date }) => date);
  return (
    <Plot
      name={`Duration of ${workflow.name} by day, half and 95 % of the runs`}
      dates={dates}
      max={max}
      format={(value) => clockFace(value * 1000)}
    >
      {({ x, y, step }) => (
        <>
          {(["p95", "p50"] as const).map((line) => (
            <path
              key={line}
              d={linePath(
                dates.map((date, day) => {
                  const value = known.get(date)?.[line];
                  return value === undefined ? null : [x(day) + step / 2, y(value)];
                }),
              )}
              strokeDasharray={line === "p95" ? "3 3" : undefined}
              className={`fill-none stroke-[1.5] ${line === "p95" ? "stroke-muted" : "stroke-accent"}`}
            />
          ))}
          {dates.map((date, day) => {
            const value = known.get(date);
            return (
              value && (
                <circle key={date} cx={x(day) + step / 2} cy={y(value.p50)} r="2.5" className="fill-accent">
                  <title>{`${date}: ${clockFace(value.p50 * 1000)}, 95 % ${clockFace(value.p95 * 1000)}`}</title>
                </circle>
              )
            );
          })}
        </>
      )}
    </Plot>
  );
}

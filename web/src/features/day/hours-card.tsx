import { memo } from "react";
import { ChartCard } from "../../components/card";
import { type Hour, sumOf } from "../../lib/hours";

const HEIGHT = 56;
const STEP = 10;
const BAR = 7;

const PARTS = [
  { key: "passed", fill: "fill-passed" },
  { key: "other", fill: "fill-quiet" },
  { key: "failed", fill: "fill-broke" },
] as const;

export function HoursCard({ hours, when }: { hours: Hour[]; when: string }) {
  const data = {
    caption: `Runs by the hour they began ${when}, in your time`,
    head: ["Hour", "Passed", "Failed", "Other"],
    rows: hours.filter(sumOf).map(({ name, passed, failed, other }) => [name, passed, failed, other]),
  };
  return (
    <ChartCard title="Runs by hour" testId="card-hours" data={data}>
      <Bars hours={hours} />
      <div className="relative h-4 text-[11px]/4 text-dim">
        {hours.map(
          ({ name }, index) =>
            index % 6 === 0 && (
              // biome-ignore lint/suspicious/noArrayIndexKey: an hour occurs twice when the clock is set back
              <span key={index} className="absolute top-0.5" style={{ left: `${(index / hours.length) * 100}%` }}>
                {name.slice(0, 2)}
              </span>
            ),
        )}
      </div>
    </ChartCard>
  );
}

/** Hours in which something failed also stand on a mark, for those who do not see the colour. */
const Bars = memo(function Bars({ hours }: { hours: Hour[] }) {
  const most = Math.max(1, ...hours.map(sumOf));
  const scale = (HEIGHT - 6) / most;
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block h-14 w-full"
      shapeRendering="crispEdges"
    >
      <path d={`M0 ${HEIGHT - 4.5}H${hours.length * STEP}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
      {hours.map((hour, index) => {
        let top = HEIGHT - 5;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: hours never change places
          <g key={index}>
            {PARTS.map(({ key, fill }) => {
              const height = hour[key] * scale;
              top -= height;
              return (
                height > 0 && (
                  <rect
                    key={key}
                    x={index * STEP + 1}
                    y={top}
                    width={BAR}
                    height={Math.max(1, height - 1)}
                    className={fill}
                  />
                )
              );
            })}
            {hour.failed > 0 && (
              <rect x={index * STEP + 1} y={HEIGHT - 2} width={BAR} height="2" className="fill-broke" />
            )}
          </g>
        );
      })}
    </svg>
  );
});

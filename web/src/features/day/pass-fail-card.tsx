import { ChartCard } from "../../components/card";
import { StateIcon } from "../../components/state-icon";
import { type Numbers, percent, successRate } from "../../lib/runs";

const RADIUS = 28;
const ROUND = 2 * Math.PI * RADIUS;
/** Between two parts, so that they are told apart without their colours. */
const GAP = 3;

export function PassFailCard({ numbers, when }: { numbers: Numbers; when: string }) {
  const { passed, failed } = numbers;
  const rate = successRate(numbers);
  const data = {
    caption: `Runs that passed and failed ${when}: ${percent(rate)} passed`,
    head: ["Ended", "Runs"],
    rows: [
      ["Passed", passed],
      ["Failed", failed],
    ],
  };
  return (
    <ChartCard title="Pass / fail" testId="card-pass-fail" data={data}>
      {rate === null ? (
        <p className="grid h-[72px] content-center text-muted">
          {numbers.total === 0 ? `No runs ${when}` : "None has passed or failed yet"}
        </p>
      ) : (
        <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
          <Donut rate={rate} />
          <ul className="grid gap-1">
            <Part conclusion="success" count={passed} word="passed" />
            <Part conclusion="failure" count={failed} word="failed" />
          </ul>
        </div>
      )}
    </ChartCard>
  );
}

function Part({ conclusion, count, word }: { conclusion: "success" | "failure"; count: number; word: string }) {
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap text-muted">
      <StateIcon of={{ status: "completed", conclusion }} />
      <b className="font-medium text-ink tabular-nums">{count}</b> {word}
    </li>
  );
}

function Donut({ rate }: { rate: number }) {
  const gap = rate > 0 && rate < 1 ? GAP : 0;
  const passed = Math.max(0, rate * ROUND - gap);
  const failed = Math.max(0, (1 - rate) * ROUND - gap);
  return (
    <svg aria-hidden="true" viewBox="0 0 72 72" className="size-[72px] shrink-0 fill-none">
      <g transform="rotate(-90 36 36)" strokeWidth="7">
        {passed > 0 && (
          <circle cx="36" cy="36" r={RADIUS} className="stroke-passed" strokeDasharray={`${passed} 999`} />
        )}
        {failed > 0 && (
          <circle
            cx="36"
            cy="36"
            r={RADIUS}
            className="stroke-broke"
            strokeDasharray={`${failed} 999`}
            strokeDashoffset={-(passed + gap)}
          />
        )}
      </g>
      <text x="36" y="40.5" textAnchor="middle" className="fill-ink font-semibold text-[13px] tracking-tight">
        {percent(rate)}
      </text>
    </svg>
  );
}

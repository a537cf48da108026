import type { Alert } from "../../api/types";
import { SHAPES, TONE_TEXT } from "../../components/state-icon";
import { Age } from "../../components/time";
import { instant } from "../../lib/time";
import { figure } from "./figures";

/** Every alert with its live value against its threshold; what to do, where one fires. */
export function AlertList({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <ul className="divide-y border-y">
      {[...alerts].sort(byUrgency).map((alert) => (
        <Row key={alert.name} alert={alert} />
      ))}
    </ul>
  );
}

const URGENCY: Alert["state"][] = ["firing", "pending", "quiet"];
const byUrgency = (one: Alert, other: Alert) => URGENCY.indexOf(one.state) - URGENCY.indexOf(other.state);

function Row({ alert }: { alert: Alert }) {
  const fires = alert.state === "firing";
  return (
    <li data-testid="alert" data-state={alert.state} className={`px-4 py-2.5 sm:px-3 ${fires ? "bg-broke-soft" : ""}`}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <span className="flex min-w-0 flex-1 basis-64 items-baseline gap-2">
          <AlertIcon state={alert.state} />
          <span className={fires ? "font-semibold" : ""}>{alert.title}</span>
        </span>
        <span className="text-muted text-small">
          {LOOKS[alert.state].label}
          {alert.since && (
            <>
              {" for "}
              <Age since={instant(alert.since)} />
            </>
          )}
        </span>
        <span className="ml-auto whitespace-nowrap tabular-nums">
          {alert.value === null ? "nothing to measure" : figure(alert.value)}{" "}
          <span className="text-muted text-small">
            {alert.unit} · {alert.wrong_is} {figure(alert.threshold)}
          </span>
        </span>
      </div>
      {fires && (
        <p className="mt-1 pl-6 text-small">
          {alert.to_do}{" "}
          <a href={alert.runbook} target="_blank" rel="noreferrer" className="whitespace-nowrap text-accent underline">
            Runbook<span className="sr-only"> of {alert.name}</span>
          </a>
        </p>
      )}
    </li>
  );
}

const LOOKS = {
  quiet: { tone: "passed", shape: "success", label: "Quiet" },
  pending: { tone: "waits", shape: "waiting", label: "Over its threshold" },
  firing: { tone: "broke", shape: "failure", label: "Fires" },
} as const;

function AlertIcon({ state }: { state: Alert["state"] }) {
  const { tone, shape } = LOOKS[state];
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={`size-4 shrink-0 self-center fill-none stroke-current stroke-[1.6] ${TONE_TEXT[tone]}`}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {SHAPES[shape]}
    </svg>
  );
}

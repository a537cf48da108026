import { Card } from "../../components/card";
import { HealthIcon } from "../../components/health-icon";
import { HEALTH_WORD, HEALTHS, type Health } from "../../lib/health";

interface HealthCardProps {
  counts: Map<Health, number>;
  /** What the list below is limited to. */
  only: Health | null;
  onOnly: (health: Health | null) => void;
}

/** How the workflows do, compared with the day before; pressed, a line limits the list to its workflows. */
export function HealthCard({ counts, only, onOnly }: HealthCardProps) {
  return (
    <Card title="Workflow health" testId="card-health">
      <ul className="-mx-1.5 grid">
        {HEALTHS.map((health) => {
          const count = counts.get(health) ?? 0;
          return (
            <li key={health}>
              <button
                type="button"
                aria-pressed={only === health}
                disabled={count === 0 && only !== health}
                onClick={() => onOnly(only === health ? null : health)}
                title={only === health ? "Show all workflows" : "Show only these"}
                data-testid={`health-${health}`}
                className={`flex min-h-6 w-full items-center gap-1.5 rounded px-1.5 text-left enabled:hover:bg-sunken max-sm:min-h-7 ${only === health ? "bg-sunken" : ""}`}
              >
                <HealthIcon health={health} muted={count === 0} />
                <span className="flex-1 truncate text-muted">{HEALTH_WORD[health]}</span>
                <b className={`font-medium tabular-nums ${count ? "" : "text-dim"}`}>{count}</b>
              </button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

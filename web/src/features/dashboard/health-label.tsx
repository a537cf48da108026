import { HEALTH_WORD } from "../../lib/health";
import type { Workflow } from "../../lib/runs";
import { useHealth } from "../day/compared-context";

/** What has changed since the day before, in a word. That nothing has needs none. */
export function HealthLabel({ workflow }: { workflow: Workflow }) {
  const health = useHealth(workflow.key);
  if (!health || health === "consistent") return null;
  return (
    <span data-testid="health-label" className="text-ink">
      {HEALTH_WORD[health]}
      <span className="text-muted"> · </span>
    </span>
  );
}

import { HEALTH_WORD, type Health } from "../../lib/health";

/** What has changed since the day before, in a word. That nothing has needs none. */
export function HealthLabel({ health }: { health: Health | undefined }) {
  if (!health || health === "consistent") return null;
  return (
    <span data-testid="health-label" className="text-ink">
      {HEALTH_WORD[health]}
      <span className="text-muted"> · </span>
    </span>
  );
}

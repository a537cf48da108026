import type { Workflow } from "../../lib/runs";
import { useClaim } from "./use-claims";

/** Who is on it, where it can only be looked at, from afar. */
export function ClaimedBy({ slug, workflow: { latest, runs } }: { slug: string; workflow: Workflow }) {
  const claim = useClaim(slug, latest, runs);
  if (!claim) return null;
  return (
    <span data-testid="on-it" className="font-medium text-ink">
      {" "}
      · {claim.name} is on it
    </span>
  );
}

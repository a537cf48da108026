import { lazy, type ReactNode } from "react";
import { PopoverButton } from "../../components/popover-button";
import type { Workflow } from "../../lib/runs";
import { useIsOfNow } from "../../lib/use-clock";

const CardProofPopover = lazy(() => import("../../realtime/card-proof-popover"));

interface CardProofProps {
  workflow: Workflow;
  slug: string;
  className?: string;
  /** The time on the card. */
  children: ReactNode;
}

/** The time on a card; pressed, it says how live the card is. What is not of now is not live. */
export function CardProof({ workflow, slug, className = "", children }: CardProofProps) {
  if (!useIsOfNow()) return <span className={className}>{children}</span>;
  return (
    <PopoverButton
      title="How live this card is"
      className={`relative z-10 min-h-6 min-w-6 rounded text-right hover:bg-sunken ${className}`}
      opens={(props) => <CardProofPopover slug={slug} name={workflow.name} runId={workflow.latest.id} {...props} />}
    >
      {children}
      <span className="sr-only">, how live {workflow.name} is</span>
    </PopoverButton>
  );
}

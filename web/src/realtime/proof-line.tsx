import { lazy } from "react";
import { PopoverButton } from "../components/popover-button";
import { Age, Moment } from "../components/time";
import { Icon } from "../components/ui/icon";
import { instant } from "../lib/time";
import { useProof } from "./context";
import { type Proof, provenChain } from "./proof";

const ProofPopover = lazy(() => import("./proof-popover"));

/** What the page has proven of a repository, in a line that recedes; pressed, it says by which numbers. */
export function RepoProof({ slug, ...rest }: Omit<ProofLineProps, "proof">) {
  return <ProofLine proof={useProof(slug)} slug={slug} {...rest} />;
}

interface ProofLineProps {
  proof: Proof;
  slug: string;
  name: string;
  /** When the last delivery before the proven updates arrived, by the snapshot. */
  lastEventAt: string | null | undefined;
}

export function ProofLine({ proof, slug, name, lastEventAt }: ProofLineProps) {
  const proven = provenChain(proof) !== null;
  return (
    <PopoverButton
      data-testid="proof"
      data-proven={proven}
      className="-mx-1 -my-1 relative z-10 flex max-w-full items-center gap-1.5 rounded px-1 py-1 text-dim text-small hover:bg-sunken hover:text-ink"
      opens={(props) => <ProofPopover proof={proof} slug={slug} name={name} {...props} />}
    >
      <Icon name={proven ? "linked" : "unlinked"} size={12} />
      <span className="sr-only">{name}: </span>
      <span className="truncate">
        <Claim proof={proof} lastEventAt={lastEventAt} />
      </span>
    </PopoverButton>
  );
}

function Claim({ proof, lastEventAt }: Pick<ProofLineProps, "proof" | "lastEventAt">) {
  const chain = provenChain(proof);
  if (chain) {
    const last = chain.last?.receivedAt ?? (lastEventAt ? instant(lastEventAt) : null);
    return (
      <>
        Gap-free since <Moment at={chain.since} /> ·{" "}
        {last === null ? (
          "no update yet"
        ) : (
          <>
            last update <Age since={last} suffix=" ago" />
          </>
        )}
      </>
    );
  }
  if (proof.unprovenSince === null) return "Not proven yet";
  return (
    <>
      Unproven since <Moment at={proof.unprovenSince} />
    </>
  );
}

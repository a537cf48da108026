import { lazy } from "react";
import { PopoverButton } from "../components/popover-button";
import { Age, Moment } from "../components/time";
import { Icon } from "../components/ui/icon";
import { useProof } from "./context";
import { type Proof, provenChain } from "./proof";

const ProofPopover = lazy(() => import("./proof-popover"));

/** What the page has proven of a repository, in a line that recedes; pressed, it says by which numbers. */
export function RepoProof({ slug, name }: { slug: string; name: string }) {
  return <ProofLine proof={useProof(slug)} name={name} />;
}

interface ProofLineProps {
  proof: Proof;
  name: string;
}

export function ProofLine({ proof, name }: ProofLineProps) {
  const proven = provenChain(proof) !== null;
  return (
    <PopoverButton
      data-testid="proof"
      data-proven={proven}
      className="-mx-1 -my-0.5 relative z-10 flex max-w-full items-center gap-1.5 rounded px-1 py-0.5 text-dim text-small hover:bg-sunken hover:text-ink"
      opens={(props) => <ProofPopover proof={proof} name={name} {...props} />}
    >
      <Icon name={proven ? "linked" : "unlinked"} size={12} />
      <span className="sr-only">{name}: </span>
      <span className="truncate">
        <Claim proof={proof} />
      </span>
    </PopoverButton>
  );
}

function Claim({ proof }: { proof: Proof }) {
  const chain = provenChain(proof);
  if (chain) {
    return (
      <>
        Gap-free since <Moment at={chain.since} /> ·{" "}
        {chain.last ? (
          <>
            last update <Age since={chain.last.receivedAt} suffix=" ago" />
          </>
        ) : (
          "no update since"
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

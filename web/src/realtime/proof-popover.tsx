import { Popover } from "../components/popover";
import type { PopoverProps } from "../components/popover-button";
import { fullTime } from "../lib/time";
import { GitHubStanding } from "./github-standing";
import { type Proof, provenChain } from "./proof";

interface ProofPopoverProps extends PopoverProps {
  proof: Proof;
  slug: string;
  name: string;
}

export default function ProofPopover({ proof, slug, name, ...popover }: ProofPopoverProps) {
  return (
    <Popover {...popover} title={`What is proven of ${name}`} testId="proof-details" align="start">
      <div className="grid gap-2 px-2 pb-1">
        <p>{explain(proof)}</p>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-small">
          {factsOf(proof).map(([term, fact]) => (
            <div key={term} className="contents">
              <dt className="text-muted">{term}</dt>
              <dd>{fact}</dd>
            </div>
          ))}
        </dl>
        <GitHubStanding slug={slug} />
      </div>
    </Popover>
  );
}

function explain(proof: Proof): string {
  if (provenChain(proof)) return "Each update since then named the one before it, and none was missing.";
  if (proof.chain) {
    return "What came since then is not known here. If the server can tell all of it, the proof goes on; else it begins anew.";
  }
  if (proof.unprovenSince !== null) return "Something is missing. The proof begins anew with a fresh snapshot.";
  return "The server has not promised yet to tell everything that happens here.";
}

function factsOf(proof: Proof): [term: string, fact: string | number][] {
  const { chain, unprovenSince } = proof;
  const facts: [string, string | number][] = [];
  if (unprovenSince !== null) facts.push(["Unproven since", fullTime(unprovenSince)]);
  if (!chain) return facts;
  facts.push([unprovenSince === null ? "Gap-free since" : "Was gap-free from", fullTime(chain.since)]);
  facts.push(["Updates received", chain.updates]);
  if (chain.last) {
    facts.push(["Last on GitHub", fullTime(chain.last.happenedAt)]);
    facts.push(["Last received", fullTime(chain.last.receivedAt)]);
  }
  facts.push(["Stands at", `seq ${chain.seq}, epoch ${chain.epoch.slice(0, 8)}`]);
  return facts;
}

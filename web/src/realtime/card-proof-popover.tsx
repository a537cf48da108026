import { Popover } from "../components/popover";
import type { PopoverProps } from "../components/popover-button";
import { serverClock } from "../lib/server-clock";
import { fullTime, latency, timeOfDay } from "../lib/time";
import { useLastUpdate, useProof } from "./context";
import { latenciesOf, type Proof, provenChain, type ShownUpdate } from "./proof";

interface CardProofPopoverProps extends PopoverProps {
  slug: string;
  name: string;
  runId: number;
}

/** What is proven of one card, and the way of its last update: GitHub, the server, this page. */
export default function CardProofPopover({ slug, name, runId, ...popover }: CardProofPopoverProps) {
  const proof = useProof(slug);
  const last = useLastUpdate(slug, runId);
  return (
    <Popover {...popover} title={`How live ${name} is`} testId="card-proof" align="end">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-2 pb-1 text-small">
        {[...claimsOf(proof), ...wayOf(last, serverClock.agrees)].map(([term, fact]) => (
          <div key={term} className="contents">
            <dt className="text-muted">{term}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
      {!last && (
        <p className="px-2 pb-1 text-muted text-small">
          No update of it since this page was opened: it is as it was then.
        </p>
      )}
      {last && !serverClock.agrees && (
        <p className="px-2 pb-1 text-muted text-small">
          The clock of this computer and the server's differ, so nobody can tell how long the last part took.
        </p>
      )}
    </Popover>
  );
}

type Fact = [term: string, fact: string];

function claimsOf(proof: Proof): Fact[] {
  const chain = provenChain(proof);
  if (chain) return [["Gap-free since", fullTime(chain.since)]];
  return proof.unprovenSince === null
    ? [["Gap-free", "not proven yet"]]
    : [["Unproven since", fullTime(proof.unprovenSince)]];
}

/** `agrees`: whether milliseconds between this computer's clock and the server's mean something. */
export function wayOf(last: ShownUpdate | undefined, agrees: boolean): Fact[] {
  if (!last) return [];
  const { toServer, toPage } = latenciesOf(last);
  return [
    ["Last on GitHub", timeOfDay(last.happenedAt)],
    ["At the server", `${timeOfDay(last.receivedAt)}, at most ${latency(toServer)} later`],
    ["On this page", `${timeOfDay(last.shownAt)}${agrees ? `, ${latency(toPage)} later` : ""}`],
  ];
}

import { lazy, Suspense, useContext, useEffect, useRef, useState } from "react";
import type { RunDetail } from "../../api/types";
import { Age } from "../../components/time";
import { Icon } from "../../components/ui/icon";
import { canBeClaimed } from "../../lib/claims";
import { instant } from "../../lib/time";
import { MeContext } from "../account/person";
import { ownName, useClaim, useClaiming } from "./use-claims";

const ClaimPopover = lazy(() => import("./claim-popover"));

interface OnItProps {
  slug: string;
  run: RunDetail;
  /** Those that are known of its workflow. */
  runs: RunDetail[];
  className?: string;
}

/** Who is on it; or, where something fails and nobody is, the way to say that one is. */
export function OnIt({ slug, run, runs, className = "" }: OnItProps) {
  const me = useContext(MeContext);
  const claim = useClaim(slug, run, runs);
  const { claim: make } = useClaiming(slug, run);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const may = !me?.user?.token;
  const news = useNews(claim === null ? null : claim?.name, run.name);
  if (!claim && !(may && canBeClaimed(run, runs))) return <Spoken text={news} />;
  const asksFirst = Boolean(claim) || (me?.auth === "none" && ownName() === null);
  // One button, whatever it says: who has pressed it stays where they are.
  return (
    <>
      <button
        ref={anchor}
        type="button"
        data-testid="on-it"
        data-claimed={claim ? "" : undefined}
        disabled={Boolean(claim) && !may}
        aria-haspopup={asksFirst ? "dialog" : undefined}
        aria-expanded={asksFirst ? open : undefined}
        aria-label={claim ? undefined : `I'm on it: ${run.name}`}
        onClick={() => (asksFirst ? setOpen(!open) : void make(ownName()))}
        className={`relative z-10 inline-flex min-h-6 min-w-0 max-w-full items-center gap-1.5 rounded-md text-small ${claim ? "text-ink enabled:hover:underline" : "border border-line-strong px-2 text-muted hover:bg-raised hover:text-ink"} ${className}`}
      >
        <Icon name="person" size={12} className="text-muted" />
        {claim ? (
          <span className="truncate">
            <span className="font-medium" dir="auto">
              {claim.name}
            </span>{" "}
            is on it · <Age since={instant(claim.at)} />
          </span>
        ) : (
          "I'm on it"
        )}
      </button>
      {open && (
        <Suspense>
          <ClaimPopover
            anchor={anchor}
            onClose={() => setOpen(false)}
            slug={slug}
            run={run}
            claim={claim ?? undefined}
          />
        </Suspense>
      )}
      <Spoken text={news} />
    </>
  );
}

function Spoken({ text }: { text: string }) {
  return (
    <span role="status" className="sr-only">
      {text}
    </span>
  );
}

/** What has changed since it was first known, for those who hear the page. */
function useNews(who: string | null | undefined, workflow: string): string {
  const before = useRef(who);
  const [news, setNews] = useState("");
  useEffect(() => {
    const known = before.current;
    before.current = who;
    if (known === undefined || who === undefined || known === who) return;
    setNews(`${workflow}: ${who === null ? "nobody is on it any more" : `${who} is on it`}`);
  }, [who, workflow]);
  return news;
}

import { type FormEvent, useState } from "react";
import type { FlagAnswer } from "../../api/types";
import { Button } from "../../components/ui/button";
import { shareWords } from "./live-updates";
import { liveOf, nextStep, STEPS, stepsTaken } from "./steps";
import { decideTrouble, useDecide } from "./use-decide";

/** Repository by repository from asking to live updates, a step at a time, each with a reason for the log. */
export function Migration({ flags, slugs }: { flags: FlagAnswer; slugs: readonly string[] }) {
  if (slugs.length === 0) return <p className="px-4 text-muted sm:px-0">There is no repository on your list.</p>;
  return (
    <ul className="divide-y border-y">
      {slugs.map((slug) => (
        <Row key={slug} slug={slug} live={liveOf(flags, slug)} />
      ))}
    </ul>
  );
}

function Row({ slug, live }: { slug: string; live: string }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const next = nextStep(live);
  return (
    <li data-testid="migration" data-slug={slug} className="px-4 py-2 sm:px-3">
      <div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1">
        <span className="min-w-0 flex-1 basis-40 truncate font-medium" dir="auto">
          {slug}
        </span>
        <Track live={live} />
        <span className="w-36 text-muted text-small">{shareWords(live)}</span>
        <span className="flex w-48 justify-end gap-2">
          {live !== "off" && (
            <Button onClick={() => setWanted("off")} aria-label={`Switch ${slug} off`}>
              Off
            </Button>
          )}
          {next && (
            <Button onClick={() => setWanted(next)} aria-label={`Step ${slug} up: ${shareWords(next).toLowerCase()}`}>
              Up to {next === "on" ? "all" : next}
            </Button>
          )}
        </span>
      </div>
      {wanted && <Why slug={slug} live={wanted} onClose={() => setWanted(null)} />}
    </li>
  );
}

/** How far it is, for those who see it; the words beside it say the same. */
function Track({ live }: { live: string }) {
  const taken = stepsTaken(live);
  return (
    <span aria-hidden="true" className="flex gap-1">
      {STEPS.map((step, index) => (
        <span key={step} className={`h-1.5 w-6 rounded-full ${index < taken ? "bg-accent" : "bg-line-strong"}`} />
      ))}
    </span>
  );
}

function Why({ slug, live, onClose }: { slug: string; live: string; onClose: () => void }) {
  const [why, setWhy] = useState("");
  const deciding = useDecide(onClose);
  const decide = (event: FormEvent) => {
    event.preventDefault();
    if (why.trim()) deciding.mutate({ live, repo: slug, why });
  };
  return (
    <form onSubmit={decide} className="mt-1.5 flex flex-wrap items-end gap-2 pb-1" aria-label={`Why, for ${slug}`}>
      <label className="grid min-w-48 flex-1 gap-1 text-muted text-small">
        Why {shareWords(live).toLowerCase()}, for the log
        <input
          // biome-ignore lint/a11y/noAutofocus: it was asked for just now, by the button before it
          autoFocus
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onClose()}
          className="h-8 rounded-md border border-line-strong bg-raised px-2.5 text-body text-ink"
        />
      </label>
      <Button onClick={onClose} className="h-8">
        Cancel
      </Button>
      <Button type="submit" className="h-8" disabled={!why.trim() || deciding.isPending}>
        Decide
      </Button>
      <p role="alert" className="basis-full text-broke text-small empty:hidden">
        {decideTrouble(deciding.error)}
      </p>
    </form>
  );
}

import { type FormEvent, useState } from "react";
import type { FlagAnswer } from "../../api/types";
import { Moment } from "../../components/time";
import { Button } from "../../components/ui/button";
import { instant } from "../../lib/time";
import { decideTrouble, useDecide } from "./use-decide";

const FIELD = "h-8 rounded-md border border-line-strong bg-raised px-2.5 text-body text-ink";
const LIVE = ["on", "75%", "50%", "25%", "10%", "off"];
const NOTHING = "as elsewhere";

/** Who has live updates, in words: on, off, or a share. */
export const shareWords = (live: string) =>
  live === "on" ? "On" : live === "off" ? "Off" : `For ${live} of all users`;

export function LiveUpdates({ flags, slugs }: { flags: FlagAnswer; slugs: readonly string[] }) {
  const rules = Object.entries(flags.repos);
  return (
    <div className="px-4 sm:px-0">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
        <Rule name="All repositories" live={flags.everywhere?.live ?? flags.live} rule={flags.everywhere}>
          {flags.provider ? "by your provider, else OMNILENS_REALTIME" : "by OMNILENS_REALTIME"}
        </Rule>
        {rules.map(([slug, rule]) => rule && <Rule key={slug} name={slug} live={rule.live} rule={rule} />)}
      </dl>
      <Decide slugs={slugs} />
    </div>
  );
}

interface RuleProps {
  name: string;
  live: string;
  rule: FlagAnswer["everywhere"];
  children?: string;
}

function Rule({ name, live, rule, children }: RuleProps) {
  return (
    <>
      <dt className="font-medium" dir="auto">
        {name}
      </dt>
      <dd>
        <span className={live === "on" ? "" : "font-medium text-waits"}>{shareWords(live)}</span>{" "}
        <span className="text-muted text-small">
          {rule ? (
            <>
              by {rule.by} since <Moment at={instant(rule.at)} />: <span dir="auto">{rule.why}</span>
            </>
          ) : (
            children
          )}
        </span>
      </dd>
    </>
  );
}

function Decide({ slugs }: { slugs: readonly string[] }) {
  const [repo, setRepo] = useState("");
  const [live, setLive] = useState("off");
  const [why, setWhy] = useState("");
  const deciding = useDecide(() => setWhy(""));
  const decide = (event: FormEvent) => {
    event.preventDefault();
    if (why.trim()) deciding.mutate({ live: live === NOTHING ? null : live, repo: repo || null, why });
  };
  return (
    <form onSubmit={decide} className="mt-4 flex flex-wrap items-end gap-3" aria-label="Switch live updates">
      <label className="grid gap-1 text-muted text-small">
        Of
        <select value={repo} onChange={(event) => setRepo(event.target.value)} className={FIELD}>
          <option value="">all repositories</option>
          {slugs.map((slug) => (
            <option key={slug}>{slug}</option>
          ))}
        </select>
      </label>
      <label className="grid gap-1 text-muted text-small">
        Live updates
        <select value={live} onChange={(event) => setLive(event.target.value)} className={FIELD}>
          {[...LIVE, NOTHING].map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label className="grid min-w-56 flex-1 gap-1 text-muted text-small">
        Why, for whoever looks and for the log
        <input value={why} maxLength={500} onChange={(event) => setWhy(event.target.value)} className={FIELD} />
      </label>
      <Button type="submit" className="h-8" disabled={!why.trim() || deciding.isPending}>
        Decide
      </Button>
      <p role="alert" className="basis-full text-broke text-small empty:hidden">
        {decideTrouble(deciding.error)}
      </p>
      <p role="status" className="sr-only">
        {deciding.isSuccess ? "Decided. Browsers follow within a second." : ""}
      </p>
    </form>
  );
}

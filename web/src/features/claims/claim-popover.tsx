import { type FormEvent, useContext, useState } from "react";
import type { Claim, RunDetail } from "../../api/types";
import { Popover } from "../../components/popover";
import type { PopoverProps } from "../../components/popover-button";
import { BUTTON, Button } from "../../components/ui/button";
import { branchOf } from "../../lib/claims";
import { isWaiting } from "../../lib/status";
import { fullTime, instant } from "../../lib/time";
import { MeContext } from "../account/person";
import { keepOwnName, ownName, useClaiming } from "./use-claims";

interface ClaimPopoverProps extends PopoverProps {
  slug: string;
  run: RunDetail;
  claim: Claim | undefined;
}

const FIELD = "h-7 w-full min-w-0 rounded-md border border-line-strong bg-bg px-2 text-ink text-small";
const LONGEST = 60;

/** Takes a claim over or back, and asks for a name where nobody logs in. */
export default function ClaimPopover({ slug, run, claim, ...popover }: ClaimPopoverProps) {
  const me = useContext(MeContext);
  const anonymous = me?.auth === "none";
  const [name, setName] = useState(ownName() ?? "");
  const { claim: make, takeBack } = useClaiming(slug, run);
  const own = claim && (anonymous || claim.login === me?.user?.login);
  const same = claim && (anonymous ? claim.name === name.trim() : own);
  const be = (event: FormEvent) => {
    event.preventDefault();
    if (anonymous) keepOwnName(name);
    void make(anonymous ? name.trim() : null);
    popover.onClose();
  };
  const end = () => {
    void takeBack();
    popover.onClose();
  };
  const branch = branchOf(run);
  return (
    <Popover {...popover} title={claim ? `${claim.name} is on it` : "Say who is on it"} testId="claim" align="start">
      <form onSubmit={be} className="grid gap-2 px-2 pb-2">
        <p className="text-muted text-small">
          {run.name}
          {branch && ` on ${branch}`}
          {claim && `, since ${fullTime(instant(claim.at))}`}. Everybody who looks at the repository sees it. It ends by
          itself {isWaiting(run) ? "when it has passed, or is called off" : "with the run that fixes it"}.
        </p>
        {anonymous && (
          <label className="grid gap-1 text-muted text-small">
            Your name
            <input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={LONGEST}
              placeholder="Someone"
              autoComplete="nickname"
              className={FIELD}
            />
          </label>
        )}
        <div className="flex gap-2">
          {!same && (
            <button type="submit" className={BUTTON}>
              {claim ? "Take over" : "I'm on it"}
            </button>
          )}
          {own && <Button onClick={end}>Take back</Button>}
        </div>
      </form>
    </Popover>
  );
}

import type { RunDetail } from "../api/types";
import { failurePlace, type Place } from "../lib/runs";
import { isBroken, lookOf } from "../lib/status";

function PlaceName({ place }: { place: Place }) {
  const name = [place.job.name, place.step?.name].filter(Boolean).join(" · ");
  return (
    <span className="font-mono text-ink text-small" dir="auto" title={name}>
      {name}
    </span>
  );
}

/** What is wrong with a run, in one line: where it broke, or what it waits for. */
export function WhatIsWrong({ run }: { run: RunDetail }) {
  if (!isBroken(run)) {
    const waiting = run.jobs.find((job) => job.status === "waiting");
    return (
      <>
        {lookOf(run).state === "waiting" ? "Waits for approval" : lookOf(run).word}
        {waiting && (
          <>
            {" of "}
            <PlaceName place={{ job: waiting, step: undefined }} />
          </>
        )}
      </>
    );
  }
  const place = failurePlace(run);
  const word = lookOf(run).word;
  return place ? (
    <>
      {word} at <PlaceName place={place} />
    </>
  ) : (
    word
  );
}

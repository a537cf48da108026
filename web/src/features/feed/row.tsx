import { memo } from "react";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { lookOf } from "../../lib/status";
import { type FlashMemory, useFlash } from "../../lib/use-flash";
import { runPath } from "../../routing/paths";
import type { Entry, Incident } from "./entries";

/** Another one means that something has changed. */
export const signature = (item: Entry | Incident): string => `${item.at} ${item.title}`;

interface RowProps {
  entry: Entry;
  repository: string | undefined;
  flashes: FlashMemory;
}

export const ROW =
  "relative grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-2.5 gap-y-0.5 px-4 py-2.5 before:absolute before:inset-x-4 before:top-0 before:border-t hover:bg-raised has-focus-visible:bg-raised sm:px-6 sm:before:inset-x-6 xl:px-5 xl:before:inset-x-5";

export const Row = memo(
  function Row({ entry, repository, flashes }: RowProps) {
    const element = useFlash<HTMLLIElement>(flashes, entry.key, signature(entry));
    return (
      <li ref={element} data-testid="feed-entry" data-state={lookOf(entry.state).state} className={ROW}>
        <StateIcon of={entry.state} className="mt-0.5" />
        <a
          href={runPath(entry.slug, entry.runId)}
          className="truncate font-medium after:absolute after:inset-0"
          dir="auto"
        >
          {entry.title}
        </a>
        <span className="text-dim">
          <Age since={entry.at} />
        </span>
        <span className="col-span-2 col-start-2 truncate text-muted" dir="auto">
          {[entry.detail, repository].filter(Boolean).join(" · ")}
        </span>
      </li>
    );
  },
  (a, b) =>
    a.flashes === b.flashes &&
    a.repository === b.repository &&
    signature(a.entry) === signature(b.entry) &&
    a.entry.detail === b.entry.detail,
);

import { useId, useState } from "react";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { Icon } from "../../components/ui/icon";
import { type FlashMemory, useFlash, useFlashMemory } from "../../lib/use-flash";
import type { Entry, Incident } from "./entries";
import { ROW, Row, signature } from "./row";

interface IncidentRowProps {
  incident: Incident;
  /** Of the repositories, by slug. */
  names: ReadonlyMap<string, string>;
  flashes: FlashMemory;
}

/** One entry for what broke in several repositories together; pressed, it has them all. */
export function IncidentRow({ incident, names, flashes }: IncidentRowProps) {
  const { key, at, title, entries } = incident;
  const [open, setOpen] = useState(false);
  const element = useFlash<HTMLDivElement>(flashes, key, signature(incident));
  const inside = useFlashMemory(String(open));
  const list = useId();
  const slugs = [...new Set(entries.map(({ slug }) => slug))];
  return (
    <li data-testid="feed-incident">
      <div ref={element} className={ROW}>
        <StateIcon of={(entries[0] as Entry).state} className="mt-0.5" />
        <button
          type="button"
          aria-expanded={open}
          aria-controls={list}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 items-center gap-1 text-left font-medium after:absolute after:inset-0"
        >
          <span className="truncate" dir="auto" title={title}>
            {title}
          </span>
          <Icon name={open ? "down" : "right"} size={11} className="text-dim" />
        </button>
        <span className="text-dim">
          <Age since={at} />
        </span>
        <span className="col-span-2 col-start-2 truncate text-muted" dir="auto">
          {slugs.length} repositories: {slugs.map((slug) => names.get(slug) ?? slug).join(", ")}
        </span>
      </div>
      <ol id={list} hidden={!open} className="bg-raised pl-4">
        {open &&
          entries.map((entry) => (
            <Row key={entry.key} entry={entry} repository={names.get(entry.slug)} flashes={inside} />
          ))}
      </ol>
    </li>
  );
}

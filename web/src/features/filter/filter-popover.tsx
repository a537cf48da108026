import { useState } from "react";
import type { RunList } from "../../api/types";
import { Popover } from "../../components/popover";
import type { PopoverProps } from "../../components/popover-button";
import { Icon } from "../../components/ui/icon";
import { type Choice, choicesOf, FACETS, type Facet, type Filter, stateWord } from "../../lib/filter";
import type { State } from "../../lib/status";

const TITLES: Record<Facet, string> = {
  state: "How it stands",
  workflow: "Workflow",
  branch: "Branch",
  actor: "Who",
  event: "Event",
};
const MOST = 6;

interface FilterPopoverProps extends PopoverProps {
  lists: RunList[];
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export default function FilterPopover({ lists, filter, onChange, ...popover }: FilterPopoverProps) {
  return (
    <Popover {...popover} title="Show only" testId="filter-choices" align="start">
      <Option
        chosen={filter.default !== undefined}
        text="Default branch only"
        onPress={() => onChange({ ...filter, default: filter.default ? undefined : 1 })}
      />
      {FACETS.map((facet) => (
        <Choices
          key={facet}
          facet={facet}
          choices={choicesOf(lists, filter, facet)}
          chosen={filter[facet]}
          onChoose={(value) => onChange({ ...filter, [facet]: value })}
        />
      ))}
    </Popover>
  );
}

interface ChoicesProps {
  facet: Facet;
  choices: Choice[];
  chosen: string | undefined;
  onChoose: (value: string | undefined) => void;
}

function Choices({ facet, choices, chosen, onChoose }: ChoicesProps) {
  const [all, setAll] = useState(false);
  // What was chosen can be taken back, also where nothing is left of it.
  const known = chosen === undefined || choices.some(({ value }) => value === chosen);
  const offered = known ? choices : [{ value: chosen, count: 0 }, ...choices];
  if (offered.length === 0) return null;
  const shown = all ? offered : offered.filter(({ value }, index) => index < MOST || value === chosen);
  return (
    <section aria-labelledby={`filter-${facet}`} className="mt-2">
      <h3 id={`filter-${facet}`} className="px-2 py-1 text-dim text-small">
        {TITLES[facet]}
      </h3>
      {shown.map(({ value, count }) => (
        <Option
          key={value}
          chosen={value === chosen}
          text={textOf(facet, value)}
          count={count}
          onPress={() => onChoose(value === chosen ? undefined : value)}
        />
      ))}
      {shown.length < offered.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="px-2 py-1 pl-7 text-muted text-small hover:text-ink"
        >
          {offered.length - shown.length} more
        </button>
      )}
    </section>
  );
}

function textOf(facet: Facet, value: string): string {
  if (facet === "state") return stateWord(value as State);
  return facet === "event" ? value.replaceAll("_", " ") : value;
}

interface OptionProps {
  chosen: boolean;
  text: string;
  count?: number;
  onPress: () => void;
}

function Option({ chosen, text, count, onPress }: OptionProps) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onPress}
      className={`grid w-full grid-cols-[12px_minmax(0,1fr)_auto] items-center gap-2 rounded px-2 py-1 text-left hover:bg-sunken ${chosen ? "font-medium text-ink" : "text-muted"}`}
    >
      {chosen ? <Icon name="check" size={12} /> : <span />}
      <span className="truncate" dir="auto">
        {text}
      </span>
      {count !== undefined && <span className="text-dim text-small tabular-nums">{count}</span>}
    </button>
  );
}

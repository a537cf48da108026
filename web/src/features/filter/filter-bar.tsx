import { type KeyboardEvent, lazy, useEffect, useRef } from "react";
import type { RunList } from "../../api/types";
import { PopoverButton } from "../../components/popover-button";
import { BUTTON } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { Kbd } from "../../components/ui/kbd";
import { derive } from "../../lib/derive";
import { type Filter, filtered, isFiltering } from "../../lib/filter";
import { FilterChips } from "./filter-chips";

const FilterPopover = lazy(() => import("./filter-popover"));

interface FilterBarProps {
  /** Everything there is. */
  lists: RunList[];
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const countWorkflows = (lists: RunList[]): number =>
  lists.reduce((sum, list) => sum + derive(list).workflows.length, 0);

/** What of the board is shown: words to look for, what was chosen besides, and how much that is. */
export function FilterBar({ lists, filter, onChange }: FilterBarProps) {
  const all = countWorkflows(lists);
  const active = isFiltering(filter);
  const shown = active ? countWorkflows(lists.map((list) => filtered(list, filter))) : all;
  return (
    <search className="flex flex-wrap items-center gap-2 border-b px-4 py-2 sm:px-6" data-testid="filter-bar">
      <SearchField text={filter.q ?? ""} onChange={(q) => onChange({ ...filter, q: q || undefined })} />
      <PopoverButton
        className={BUTTON}
        opens={(props) => <FilterPopover lists={lists} filter={filter} onChange={onChange} {...props} />}
      >
        <Icon name="filter" size={12} />
        Filter
      </PopoverButton>
      <FilterChips filter={filter} onChange={onChange} />
      <p role="status" className={active ? "ml-auto text-muted text-small tabular-nums" : "sr-only"}>
        {active && `${shown} of ${all} ${all === 1 ? "workflow" : "workflows"}`}
      </p>
    </search>
  );
}

/** Its own text while somebody writes: the address may lag behind. */
function SearchField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const input = field.current;
    if (input && document.activeElement !== input) input.value = text;
  }, [text]);
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (event.currentTarget.value) {
      event.currentTarget.value = "";
      onChange("");
    } else event.currentTarget.blur();
  };
  return (
    <div className="relative min-w-40 flex-1 basis-40 sm:max-w-64">
      <Icon
        name="search"
        size={12}
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 text-dim"
      />
      <input
        ref={field}
        type="search"
        data-search
        aria-label="Search workflows, branches, titles and people"
        aria-keyshortcuts="/"
        placeholder="Search"
        defaultValue={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKey}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={250}
        className="peer h-7 w-full rounded-md border border-line-strong bg-raised pr-7 pl-7 text-ink outline-offset-0 placeholder:text-dim [&::-webkit-search-cancel-button]:hidden"
      />
      <span
        aria-hidden="true"
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-1.5 max-sm:hidden peer-focus:hidden peer-[:not(:placeholder-shown)]:hidden"
      >
        <Kbd>/</Kbd>
      </span>
    </div>
  );
}

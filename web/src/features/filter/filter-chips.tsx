import { Icon } from "../../components/ui/icon";
import { activeKeys, type Filter, NO_FILTER, wordsFor } from "../../lib/filter";

interface FilterChipsProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** What was chosen, each to be taken back by itself. */
export function FilterChips({ filter, onChange }: FilterChipsProps) {
  const keys = activeKeys(filter);
  if (keys.length === 0) return null;
  return (
    <>
      <ul aria-label="Filters" className="flex min-w-0 flex-wrap gap-1.5">
        {keys.map((key) => (
          <li key={key} className="min-w-0">
            <button
              type="button"
              data-testid="filter-chip"
              aria-label={`Remove filter: ${wordsFor(key, filter)}`}
              onClick={() => onChange({ ...filter, [key]: undefined })}
              className="flex h-6 max-w-64 items-center gap-1.5 rounded-full bg-sunken pr-2 pl-2.5 text-ink text-small hover:bg-line"
            >
              <span className="truncate" dir="auto">
                {wordsFor(key, filter)}
              </span>
              <Icon name="close" size={9} className="text-dim" />
            </button>
          </li>
        ))}
      </ul>
      {keys.length > 1 && (
        <button
          type="button"
          onClick={() => onChange(NO_FILTER)}
          className="h-6 rounded px-1.5 text-muted text-small hover:text-ink"
        >
          Clear all
        </button>
      )}
    </>
  );
}

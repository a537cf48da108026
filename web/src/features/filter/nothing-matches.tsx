import { Message } from "../../components/trouble";
import { Button } from "../../components/ui/button";
import { activeKeys, type Filter, NO_FILTER, wordsFor } from "../../lib/filter";

interface NothingMatchesProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** The board is not empty, it is only hidden: says by what, and how to see it again. */
export function NothingMatches({ filter, onChange }: NothingMatchesProps) {
  const keys = activeKeys(filter);
  return (
    <Message
      icon="search"
      title="Nothing matches"
      actions={
        <>
          <Button onClick={() => onChange(NO_FILTER)}>Show everything</Button>
          {keys.length > 1 &&
            keys.map((key) => (
              <Button key={key} onClick={() => onChange({ ...filter, [key]: undefined })}>
                <span className="max-w-40 truncate">Without {wordsFor(key, filter)}</span>
              </Button>
            ))}
        </>
      }
    >
      <p>
        No run of this day has {keys.map((key) => wordsFor(key, filter)).join(", ")}. What comes and matches appears
        here.
      </p>
    </Message>
  );
}

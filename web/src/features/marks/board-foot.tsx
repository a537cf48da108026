import { toggled } from "../../lib/marks";
import type { Workflow } from "../../lib/runs";
import { useMarking } from "./marking";

const QUIET = "min-h-6 rounded-md text-muted text-small hover:text-ink hover:underline";

/** How the board is arranged, below it: by category or not, and what is hidden. */
export function BoardFoot({ hidden }: { hidden: Workflow[] }) {
  const {
    marks: { grouped },
    change,
  } = useMarking();
  const show = (key: string) => change((all) => ({ ...all, hidden: toggled(all.hidden, key, false) }));
  return (
    <div data-testid="board-foot" className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-1 px-4 text-small sm:px-0">
      <button
        type="button"
        aria-pressed={grouped}
        onClick={() => change((all) => ({ ...all, grouped: !grouped }))}
        className={QUIET}
      >
        {grouped ? "Grouped by category" : "Group by category"}
      </button>
      {hidden.length > 0 && <span className="text-muted">Hidden:</span>}
      {hidden.map(({ key, name }) => (
        <button key={key} type="button" aria-label={`Show ${name} again`} onClick={() => show(key)} className={QUIET}>
          {name}
        </button>
      ))}
    </div>
  );
}

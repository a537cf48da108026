import { Popover } from "../../components/popover";
import type { PopoverProps } from "../../components/popover-button";
import {
  CATEGORIES,
  CATEGORY_NAME,
  type Category,
  categoryOf,
  isReviewed,
  seenAs,
  toggled,
  withCategory,
  withReviewed,
} from "../../lib/marks";
import type { Workflow } from "../../lib/runs";
import { useMarking } from "./marking";

interface MarksPopoverProps extends PopoverProps {
  workflow: Workflow;
  date: string;
}

const ROW = "flex min-h-8 items-center gap-2 rounded-md px-2 hover:bg-sunken";

/** Everything that a viewer can do about a workflow for themselves. */
export default function MarksPopover({ workflow, date, ...popover }: MarksPopoverProps) {
  const { marks, change, inAccount } = useMarking();
  const { key } = workflow;
  const pin = (on: boolean) => change((all) => ({ ...all, pinned: toggled(all.pinned, key, on) }));
  const hide = () => {
    change((all) => ({ ...all, hidden: toggled(all.hidden, key, true) }));
    popover.onClose();
  };
  const review = (on: boolean) => change((all) => withReviewed(all, seenAs(workflow, date), on));
  return (
    <Popover {...popover} title={workflow.name} testId="marks" align="start">
      <Check label="Reviewed, until it runs again" checked={isReviewed(marks, workflow, date)} onChange={review} />
      <Check label="Pinned, first in its section" checked={marks.pinned.includes(key)} onChange={pin} />
      <label className={ROW}>
        Category
        <select
          value={categoryOf(marks, workflow)}
          onChange={({ target }) => change((all) => withCategory(all, workflow, target.value as Category))}
          className="ml-auto h-7 rounded-md border border-line-strong bg-bg px-2 text-ink text-small"
        >
          {CATEGORIES.map((each) => (
            <option key={each} value={each}>
              {CATEGORY_NAME[each]}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={hide} className={`${ROW} w-full text-left`}>
        Hide
      </button>
      <p className="px-2 py-1 text-muted text-small">
        {inAccount ? "Kept in your account" : "Kept in this browser"}, for you alone.
      </p>
    </Popover>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className={ROW}>
      <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
      {label}
    </label>
  );
}

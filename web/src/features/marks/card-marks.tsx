import { lazy } from "react";
import { PopoverButton } from "../../components/popover-button";
import { Icon } from "../../components/ui/icon";
import { Tag } from "../../components/ui/tag";
import type { Workflow } from "../../lib/runs";
import { useMarking } from "./marking";

const MarksPopover = lazy(() => import("./marks-popover"));

interface CardMarksProps {
  workflow: Workflow;
  /** Nothing where a day is not shown. */
  date: string;
  reviewed: boolean;
}

/** What the viewer has done about a workflow, and the way to do more; the latter is seen where the pointer is. */
export function CardMarks({ workflow, date, reviewed }: CardMarksProps) {
  const pinned = useMarking().marks.pinned.includes(workflow.key);
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      {pinned && <Tag tone="quiet">pinned</Tag>}
      {reviewed && <Tag tone="quiet">reviewed</Tag>}
      <PopoverButton
        aria-label={`Mark ${workflow.name}`}
        title="Reviewed, pin, hide, category"
        opens={(popover) => <MarksPopover {...popover} workflow={workflow} date={date} />}
        className="relative z-10 -my-0.5 grid size-6 place-items-center rounded-md text-dim opacity-0 hover:bg-sunken hover:text-ink focus-visible:opacity-100 aria-expanded:opacity-100 group-hover/card:opacity-100 pointer-coarse:opacity-100"
      >
        <Icon name="more" size={14} />
      </PopoverButton>
    </span>
  );
}

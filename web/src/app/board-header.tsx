import { memo } from "react";
import { BUTTON } from "../components/ui/button";
import { ExternalLink } from "../components/ui/external-link";
import { Icon } from "../components/ui/icon";
import { BadgeButton } from "../features/badges/badge-button";
import { RewindButton } from "../features/rewind/rewound-status";
import { reportPath } from "../routing/paths";
import { DayControl } from "./day-control";
import { RefreshButton } from "./refresh-button";

interface BoardTitleProps {
  name: string;
  address: string | null | undefined;
}

/** Drawn only where it says something else, not for every update. */
export const BoardTitle = memo(function BoardTitle({ name, address }: BoardTitleProps) {
  const [owner, short] = name.includes("/") ? name.split("/", 2) : ["", name];
  return (
    <h1 className="flex min-w-0 items-center gap-1.5 font-semibold text-title">
      {owner && (
        <a href="/" className="shrink-0 font-normal text-muted hover:text-ink">
          {owner} /
        </a>
      )}
      <span className="truncate" dir="auto">
        {short}
      </span>
      <ExternalLink href={address} label={`${name} on GitHub`} className="-m-0.5 p-1.5 text-dim hover:text-ink">
        <Icon name="out" size={13} />
      </ExternalLink>
    </h1>
  );
});

interface BoardControlsProps {
  slug: string;
  name: string;
  /** The names of its workflows, as soon as they are known. */
  workflows: string[] | null;
  date: string;
  today: string;
  isRewound: boolean;
}

/** What can be done with a board as a whole; drawn as seldom. */
export const BoardControls = memo(function BoardControls(board: BoardControlsProps) {
  const { slug, name, workflows, date, today, isRewound } = board;
  return (
    <>
      <a href={reportPath(slug)} className={BUTTON}>
        <Icon name="chart" size={13} /> <span className="max-sm:sr-only">Report</span>
      </a>
      {workflows && <BadgeButton slug={slug} name={name} workflows={workflows} />}
      {date === today && !isRewound && <RewindButton />}
      {!isRewound && <RefreshButton />}
      <DayControl slug={slug} date={date} today={today} />
    </>
  );
});

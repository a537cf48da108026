import { BUTTON, ICON_BUTTON } from "../components/ui/button";
import { Icon } from "../components/ui/icon";
import { shiftDay } from "../lib/day";
import { go, useAsked } from "../routing/address";
import { boardPath } from "../routing/paths";
import { DayPicker } from "./day-picker";

interface DayControlProps {
  slug: string;
  date: string;
  today: string;
}

/** Today has no date in its address, so that a page left open goes on with the next day. */
export function DayControl({ slug, date, today }: DayControlProps) {
  const asked = useAsked(); // the filter stays
  const to = (day: string) => boardPath(slug, { ...asked, date: day < today ? day : undefined, at: undefined });
  return (
    <nav aria-label="Day" className="flex items-center gap-1">
      <a href={to(shiftDay(date, -1))} aria-label="The day before" className={ICON_BUTTON}>
        <Icon name="left" size={13} />
      </a>
      <DayPicker date={date} today={today} onPick={(day) => go(to(day))} />
      {date < today && (
        <>
          <a href={to(shiftDay(date, 1))} aria-label="The day after" className={ICON_BUTTON}>
            <Icon name="right" size={13} />
          </a>
          <a href={to(today)} className={BUTTON}>
            Today
          </a>
        </>
      )}
    </nav>
  );
}

import { Link, useNavigate } from "@tanstack/react-router";
import { BUTTON, ICON_BUTTON } from "../components/ui/button";
import { Icon } from "../components/ui/icon";
import { shiftDay } from "../lib/day";
import { DayPicker } from "./day-picker";

interface DayControlProps {
  slug: string;
  date: string;
  today: string;
}

/** Today has no date in its address, so that a page left open goes on with the next day. */
export function DayControl({ slug, date, today }: DayControlProps) {
  const navigate = useNavigate();
  const to = (day: string) => ({
    to: "/dashboard/$slug" as const,
    params: { slug },
    // The filter stays.
    search: (before: object) => ({ ...before, date: day < today ? day : undefined, at: undefined }),
  });
  return (
    <nav aria-label="Day" className="flex items-center gap-1">
      <Link {...to(shiftDay(date, -1))} aria-label="The day before" className={ICON_BUTTON}>
        <Icon name="left" size={13} />
      </Link>
      <DayPicker date={date} today={today} onPick={(day) => void navigate(to(day))} />
      {date < today && (
        <>
          <Link {...to(shiftDay(date, 1))} aria-label="The day after" className={ICON_BUTTON}>
            <Icon name="right" size={13} />
          </Link>
          <Link {...to(today)} className={BUTTON}>
            Today
          </Link>
        </>
      )}
    </nav>
  );
}

import { useMemo } from "react";
import type { Notification } from "../../api/types";
import { Section } from "../../components/section";
import { Message } from "../../components/trouble";
import { browserZone, dateOf, dayName, shiftDay } from "../../lib/day";
import { instant } from "../../lib/time";
import { useToday } from "../../lib/use-clock";
import { NoticeRow } from "./notice-row";

interface InboxProps {
  notices: Notification[];
  onRead: (ids: number[]) => void;
}

/** What one was told, by day. */
export function Inbox({ notices, onRead }: InboxProps) {
  const { date: today } = useToday();
  const days = useMemo(() => daysOf(notices, browserZone()), [notices]);
  if (days.length === 0) {
    return (
      <Message icon="bell" title="Nothing yet">
        <p>When a workflow breaks, is fixed or waits for somebody, it is told here and on every page you have open.</p>
      </Message>
    );
  }
  return (
    <div className="py-5">
      {days.map(({ date, notices: ofDay }) => (
        <Section
          key={date}
          id={date}
          title={<span className="sm:pl-6">{nameOf(date, today)}</span>}
          note={ofDay.length}
        >
          <ul className="border-b">
            {ofDay.map((notice) => (
              <NoticeRow key={notice.id} notice={notice} onRead={onRead} />
            ))}
          </ul>
        </Section>
      ))}
    </div>
  );
}

export function nameOf(date: string, today: string): string {
  if (date === today) return "Today";
  return date === shiftDay(today, -1) ? "Yesterday" : dayName(date);
}

/** By the day of the reader, in the order in which they came. */
export function daysOf(notices: Notification[], tz: string): { date: string; notices: Notification[] }[] {
  const days = new Map<string, Notification[]>();
  for (const notice of notices) {
    const date = dateOf(instant(notice.at), tz);
    days.set(date, [...(days.get(date) ?? []), notice]);
  }
  return [...days].map(([date, some]) => ({ date, notices: some }));
}

import { useRef } from "react";
import { Icon } from "../components/ui/icon";
import { dayName, isDay } from "../lib/day";

interface DayPickerProps {
  date: string;
  today: string;
  onPick: (day: string) => void;
}

/** The name of the day, and behind it the browser's own calendar, which knows every language and keyboard. */
export function DayPicker({ date, today, onPick }: DayPickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <label className="relative inline-flex h-7 min-w-24 cursor-pointer items-center justify-center gap-1.5 rounded-md px-2 has-focus-visible:outline-2 has-focus-visible:outline-accent hover:bg-sunken">
      <Icon name="calendar" size={13} className="text-muted" />
      <span aria-live="polite">{date === today ? "Today" : dayName(date)}</span>
      <input
        ref={input}
        type="date"
        aria-label="Go to a day"
        value={date}
        max={today}
        onClick={() => input.current?.showPicker?.()}
        onChange={({ target }) => isDay(target.value) && target.value <= today && onPick(target.value)}
        className="absolute inset-0 cursor-pointer opacity-0"
      />
    </label>
  );
}

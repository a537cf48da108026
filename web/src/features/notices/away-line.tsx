import { useId, useState } from "react";
import { usePathname } from "wouter/use-browser-location";
import { Button } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { type Away, awayLine } from "../../realtime/away";
import { useNotifications } from "../../realtime/context";
import { NoticeRow } from "./notice-row";

/** What came while one was away: one line, that opens. The inbox has all of it anyway. */
export default function AwayLine({ away }: { away: Away }) {
  const inbox = usePathname() === "/notifications";
  return !inbox && <Opened away={away} />;
}

function Opened({ away }: { away: Away }) {
  const notifications = useNotifications();
  const [open, setOpen] = useState(false);
  const list = useId();
  return (
    <section aria-label="While you were away" data-testid="away" className="border-b bg-raised">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 sm:px-6">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={list}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 basis-64 items-start gap-2 text-left"
        >
          <Icon name={open ? "down" : "right"} size={12} className="mt-1 text-dim" />
          <span role="status" className="line-clamp-3 min-w-0 font-medium wrap-anywhere" dir="auto">
            {awayLine(away)}
          </span>
        </button>
        {open && (
          <Button onClick={() => notifications.markRead(away.notices.map(({ id }) => id))}>Mark these as read</Button>
        )}
        <button
          type="button"
          aria-label="Close what came while you were away"
          onClick={() => notifications.dismissAway()}
          className="grid size-7 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink"
        >
          <Icon name="close" size={11} />
        </button>
      </div>
      <ul id={list} hidden={!open} className="max-h-[50dvh] overflow-y-auto">
        {open &&
          away.notices.map((notice) => (
            <NoticeRow key={notice.id} notice={notice} onRead={(ids) => notifications.markRead(ids)} />
          ))}
      </ul>
    </section>
  );
}

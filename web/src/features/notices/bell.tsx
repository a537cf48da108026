import { usePathname } from "wouter/use-browser-location";
import { Icon } from "../../components/ui/icon";
import { useUnread } from "../../realtime/context";

const MOST = 99;

/** Where what one was told is, and how much of it is unread. */
export function Bell({ className }: { className: string }) {
  const unread = useUnread();
  const here = usePathname() === "/notifications";
  const label = unread > 0 ? `Notifications, ${unread} unread` : "Notifications";
  return (
    <a
      href="/notifications"
      data-testid="bell"
      aria-label={label}
      title={`${label} (n)`}
      aria-current={here ? "page" : undefined}
      className={`relative ${className} ${here ? "bg-sunken text-ink" : "text-dim hover:text-ink"}`}
    >
      <Icon name="bell" />
      {unread > 0 && (
        <span
          aria-hidden="true"
          className="absolute top-0.5 right-0.5 min-w-4 rounded-full bg-accent px-1 text-center font-semibold text-[10px]/4 text-bg tabular-nums"
        >
          {unread > MOST ? `${MOST}+` : unread}
        </span>
      )}
    </a>
  );
}

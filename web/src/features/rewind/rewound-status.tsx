import { BUTTON } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { serverClock } from "../../lib/server-clock";
import { timeOfDay } from "../../lib/time";
import { useClock } from "../../lib/use-clock";
import { ask } from "../../routing/address";

/** Far enough back that something has happened since. */
const BACK = 60_000;

const rewind = () => ask({ at: new Date(serverClock.live() - BACK).toISOString() }, { keepScroll: true });

export function RewindButton() {
  return (
    <button type="button" data-rewind title="The last half hour (r)" onClick={rewind} className={BUTTON}>
      <Icon name="rewind" size={13} /> <span className="max-sm:sr-only">Rewind</span>
    </button>
  );
}

/** Stands where the page says that it is live. */
export function RewoundStatus() {
  const time = useClock(timeOfDay);
  return (
    <div
      data-testid="rewound-state"
      className="flex min-w-0 items-center gap-2 whitespace-nowrap text-muted tabular-nums"
    >
      <Icon name="rewind" size={13} />
      <span>
        As at <span className="font-medium text-ink">{time}</span>
      </span>
    </div>
  );
}

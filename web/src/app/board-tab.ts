import type { RunList } from "../api/types";
import { derive } from "../lib/derive";
import { isBroken, lookOf, worstTone } from "../lib/status";
import { minuteOfDay } from "../lib/time";
import { useClock } from "../lib/use-clock";
import { usePhase } from "../realtime/context";
import { usePageTab } from "./page-tab";

/** "2 broken · Board · OmniLens": what the tab says about many workflows. */
export function useBoardTab(name: string, lists: RunList[], rewound = false): void {
  const phase = usePhase();
  const newest = lists.flatMap((list) => derive(list).workflows.map(({ latest }) => latest));
  const broken = newest.filter(isBroken).length;
  const running = newest.filter((run) => lookOf(run).section === "running").length;
  const state = broken > 0 ? `${broken} broken` : running > 0 ? `${running} running` : null;
  const minute = useClock(minuteOfDay);
  const said = rewound ? `Rewound to ${minute}` : phase === "failed" ? "Not live" : state;
  const title = [said, name, "OmniLens"].filter(Boolean).join(" · ");
  usePageTab(title, rewound || phase === "failed" ? "quiet" : worstTone(newest.map((run) => lookOf(run).tone)));
}

import { useMemo } from "react";
import type { RunList } from "../../api/types";
import { derive } from "../../lib/derive";
import type { Health } from "../../lib/health";
import { byHour } from "../../lib/hours";
import { later } from "../../lib/later";
import { inSection } from "../../lib/runs";
import { isBroken, isWaiting } from "../../lib/status";
import type { Compared } from "./compare";
import { STRIP } from "./day-cards-skeleton";
import { HealthCard } from "./health-card";
import { HoursCard } from "./hours-card";
import { OverviewCard } from "./overview-card";
import { PassFailCard } from "./pass-fail-card";

interface DayCardsProps {
  list: RunList;
  compared: Compared;
  only: Health | null;
  onOnly: (health: Health | null) => void;
  /** "today", "that day". */
  when: string;
}

/** What the day was like, in four cards. */
export default later(function DayCards({ list, compared, only, onOnly, when }: DayCardsProps) {
  const { workflows, numbers } = derive(list);
  const hours = useMemo(() => byHour(list.runs, list.date, list.tz), [list.runs, list.date, list.tz]);
  const needy = inSection(workflows, "needs").map(({ latest }) => latest);
  return (
    <>
      <div className={STRIP}>
        <PassFailCard numbers={numbers} when={when} />
        <OverviewCard numbers={numbers} workflows={workflows} idle={compared.idle?.length ?? null} />
        <HealthCard counts={compared.counts} only={only} onOnly={onOnly} />
        <HoursCard hours={hours} when={when} />
      </div>
      {/* Read out only when it changes, which is rarer than anything else on the page. */}
      <p role="status" className="sr-only">
        {needy.filter(isBroken).length} broken, {needy.filter(isWaiting).length} waiting for somebody
      </p>
    </>
  );
});

import { type ReactNode, useMemo } from "react";
import type { RunList } from "../../api/types";
import { Section } from "../../components/section";
import { derive } from "../../lib/derive";
import type { Health } from "../../lib/health";
import { arrange, toggled } from "../../lib/marks";
import { useFlashMemory } from "../../lib/use-flash";
import type { Compared } from "../day/compare";
import { BoardFoot } from "../marks/board-foot";
import { useMarking } from "../marks/marking";
import { CardList } from "./card-list";
import { DayTimeline } from "./day-timeline";

interface DashboardProps {
  list: RunList;
  /** The day beside those before it. */
  compared: Compared;
  /** Workflows that do so, and nothing else. */
  only: Health | null;
  /** Another one where somebody wants to see something else. */
  view: string;
  /** What should have run, above everything that did. */
  missed: ReactNode;
  /** What did not run, below it. */
  idle: ReactNode;
}

export function Dashboard({ list, compared, only, view, missed, idle }: DashboardProps) {
  const all = derive(list).workflows;
  const { health } = compared;
  const workflows = useMemo(
    () => (only ? all.filter(({ key }) => health.get(key) === only) : all),
    [all, health, only],
  );
  const { marks, change } = useMarking();
  const { collapsed, hidden: concealed, grouped } = marks;
  const flashes = useFlashMemory(JSON.stringify([view, only, collapsed, concealed, grouped]));
  const { groups, hidden } = useMemo(() => arrange(workflows, marks, list.date), [workflows, marks, list.date]);
  const fold = (id: string, closed: boolean) =>
    change((all) => ({ ...all, collapsed: toggled(all.collapsed, id, closed) }));
  return (
    <div className="py-5 pb-8 sm:px-6">
      {!only && missed}
      {groups.map(({ id, title, workflows: some }) => {
        const closed = marks.collapsed.includes(id);
        return (
          <Section
            key={id}
            id={id}
            title={title}
            note={some.length}
            urgent={id === "needs"}
            closed={closed}
            onToggle={() => fold(id, !closed)}
          >
            <CardList workflows={some} list={list} compared={compared} marks={marks} flashes={flashes} />
          </Section>
        );
      })}
      <BoardFoot hidden={hidden} />
      {!only && idle}
      <DayTimeline list={list} workflows={workflows} />
    </div>
  );
}

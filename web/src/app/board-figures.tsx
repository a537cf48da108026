import type { ReactNode } from "react";
import type { RunList } from "../api/types";
import { type Figure, Figures } from "../components/figures";
import { Age } from "../components/time";
import { derive } from "../lib/derive";
import { addNumbers, inSection, percent, successRate, troubleSince } from "../lib/runs";
import { isBroken, isWaiting } from "../lib/status";

interface BoardFiguresProps {
  lists: RunList[];
  loading: boolean;
  when: string;
}

/** The strip of big numbers over everything on the page. */
export function BoardFigures({ lists, loading, when }: BoardFiguresProps) {
  const workflows = lists.flatMap((list) => derive(list).workflows);
  const numbers = addNumbers(lists.map((list) => derive(list).numbers));
  const needy = inSection(workflows, "needs");
  const broken = needy.filter(({ latest }) => isBroken(latest));
  const waiting = needy.filter(({ latest }) => isWaiting(latest)).length;
  const running = inSection(workflows, "running").length;
  const oldest = Math.min(...broken.map(troubleSince));
  const brokenLabel: ReactNode =
    broken.length > 0 ? (
      <>
        broken, oldest <Age since={oldest} />
      </>
    ) : (
      "broken"
    );
  const figures: Figure[] = [
    { key: "broken", value: broken.length, label: brokenLabel, tone: broken.length ? "broke" : undefined },
    {
      key: "running",
      value: running,
      label: waiting ? `running, ${waiting} waiting` : "running",
      tone: running ? "moves" : undefined,
    },
    { key: "passed", value: percent(successRate(numbers)), label: `passed ${when}` },
    { key: "runs", value: numbers.total, label: `runs ${when}` },
  ];
  const shown = loading ? figures.map(({ key, label }) => ({ key, label, value: "–" })) : figures;
  return (
    <>
      <Figures figures={shown} label={`Numbers ${when}`} />
      {/* Read out only when it changes, which is rarer than anything else on the page. */}
      <p role="status" className="sr-only">
        {loading ? "" : `${broken.length} broken, ${waiting} waiting for somebody`}
      </p>
    </>
  );
}

import type { Finding } from "../../api/types";
import { SHAPES, TONE_TEXT } from "../../components/state-icon";
import type { State, Tone } from "../../lib/status";
import { worstFirst } from "./findings";

type Level = Finding["level"];

interface Look {
  word: string;
  state: State;
  tone: Tone;
}

const LOOKS: Record<Level, Look> = {
  problem: { word: "Problem", state: "failure", tone: "broke" },
  warning: { word: "Warning", state: "action_required", tone: "waits" },
  note: { word: "Note", state: "neutral", tone: "quiet" },
  ok: { word: "Well", state: "success", tone: "passed" },
};

export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="border-b">
      {worstFirst(findings).map((finding) => (
        <FindingItem key={`${finding.about} ${finding.what}`} finding={finding} />
      ))}
    </ul>
  );
}

function FindingItem({ finding }: { finding: Finding }) {
  const look = LOOKS[finding.level];
  return (
    <li className="flex gap-3 border-t px-4 py-3 sm:px-0" data-testid="finding" data-level={finding.level}>
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className={`mt-0.5 size-4 shrink-0 fill-none stroke-[1.6] stroke-current ${TONE_TEXT[look.tone]}`}
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {SHAPES[look.state]}
      </svg>
      <div className="grid min-w-0 gap-1">
        <p className="text-pretty [overflow-wrap:anywhere]">
          <span className="sr-only">{look.word}: </span>
          {finding.what}
        </p>
        {finding.do && <p className="text-pretty text-muted [overflow-wrap:anywhere]">{finding.do}</p>}
      </div>
      <span className="ml-auto shrink-0 text-dim text-small capitalize">{finding.about}</span>
    </li>
  );
}

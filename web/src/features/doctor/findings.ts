import type { Finding } from "../../api/types";

type Level = Finding["level"];

const WORST_FIRST: Level[] = ["problem", "warning", "note", "ok"];

/** What needs somebody comes first; the server's order stays within each level. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return WORST_FIRST.flatMap((level) => findings.filter((finding) => finding.level === level));
}

export function summaryOf(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const parts = [
    [count("problem"), "problem"],
    [count("warning"), "warning"],
  ] as const;
  const said = parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}${number > 1 ? "s" : ""}`);
  return said.join(", ") || "All is well";
}

/** Whether the webhook is not as it should be, which a press on a button may mend. */
export function needsMending(findings: readonly Finding[]): boolean {
  return findings.some(({ about, level }) => about === "webhook" && (level === "problem" || level === "warning"));
}

import type { ReactNode } from "react";
import type { AlertTurn, FlagAnswer, Problem } from "../../api/types";
import { Moment } from "../../components/time";
import { instant } from "../../lib/time";
import { figure } from "./figures";
import { shareWords } from "./live-updates";

const OUTCOMES: Record<string, string> = {
  "switched-off": "live updates were switched off",
  "dry-run": "live updates would have been switched off",
  "off-already": "live updates were off already",
  "cooling-down": "nothing was switched off, since somebody had just decided",
  failed: "live updates could not be switched off",
};

/** Whether others than `server` share the database, so that it has to be said which one something is of. */
export const isAmongSeveral = (log: readonly AlertTurn[] | null, server: string): boolean =>
  (log ?? []).some((each) => each.server !== null && each.server !== server);

export function AlertLog({ log, server }: { log: readonly AlertTurn[] | null; server: string }) {
  if (log === null) return <p className="px-4 text-muted sm:px-0">The database does not answer now.</p>;
  const several = isAmongSeveral(log, server);
  return (
    <Entries none="No alert has fired.">
      {log.map((each) => (
        <Entry key={`${each.at} ${each.name} ${each.turn} ${each.server}`} at={each.at}>
          <span className={each.turn === "fired" ? "font-medium text-broke" : ""}>
            {each.name} {each.turn === "fired" ? "fired" : "was resolved"}
          </span>
          {several && each.server && ` on ${each.server}`}
          {each.value !== null && ` at ${figure(each.value)}, threshold ${figure(each.threshold)}`}
          {each.outcome && `: ${OUTCOMES[each.outcome] ?? each.outcome}`}
        </Entry>
      ))}
    </Entries>
  );
}

export function FlagLog({ changes }: { changes: NonNullable<FlagAnswer["changes"]> }) {
  return (
    <Entries none="Nothing was ever decided.">
      {changes.map((each) => (
        <Entry key={`${each.at} ${each.repo}`} at={each.at}>
          <span className="font-medium">
            {each.repo ?? "All repositories"}:{" "}
            {each.live === null ? "as elsewhere" : shareWords(each.live).toLowerCase()}
          </span>{" "}
          by {each.by}: <span dir="auto">{each.why}</span>
        </Entry>
      ))}
    </Entries>
  );
}

export function ProblemLog({ problems }: { problems: readonly Problem[] }) {
  return (
    <Entries none="Nobody has reported a problem.">
      {problems.map(({ at, repo, said, page }) => (
        <Entry key={at} at={at}>
          <span dir="auto">{said || "Nothing was said."}</span>{" "}
          <span className="text-muted text-small">
            {[
              repo,
              page.phase,
              page.polled ? "asking" : "",
              page.latency === null ? "" : `${page.latency} ms`,
              page.seq === null ? "" : `seq ${page.seq}`,
              page.cause,
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </Entry>
      ))}
    </Entries>
  );
}

function Entries({ none, children }: { none: string; children: ReactNode[] }) {
  return children.length === 0 ? (
    <p className="px-4 text-muted sm:px-0">{none}</p>
  ) : (
    <ol className="divide-y border-y">{children}</ol>
  );
}

function Entry({ at, children }: { at: string; children: ReactNode }) {
  return (
    <li className="flex gap-4 px-4 py-2 sm:px-0">
      <span className="w-28 shrink-0 text-muted text-small">
        <Moment at={instant(at)} />
      </span>
      <p className="min-w-0">{children}</p>
    </li>
  );
}

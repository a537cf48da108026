import type { RunAnswer, RunAttempt, RunDetail } from "../../api/types";
import { StateIcon } from "../../components/state-icon";
import { KEEP_SCROLL } from "../../routing/follow-links";
import { runPath } from "../../routing/paths";

interface AttemptsProps {
  slug: string;
  answer: RunAnswer;
  /** The one that is shown. */
  current: number;
}

/** Every attempt of a run that was run again, the latest last. */
export function Attempts({ slug, answer: { run, attempts = [], hint }, current }: AttemptsProps) {
  if (attempts.length < 2) return null;
  return (
    <nav aria-label="Attempts" className="border-b px-4 py-2 sm:px-6">
      <ul className="-mx-2.5 flex flex-wrap gap-1">
        {attempts.map((each) => (
          <li key={each.attempt}>
            <a
              href={runPath(slug, run.id, each.attempt === run.run_attempt ? undefined : each.attempt)}
              aria-current={each.attempt === current ? "page" : undefined}
              {...KEEP_SCROLL}
              className="inline-flex h-7 items-center gap-1.5 rounded-md px-2.5 text-muted text-small hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:font-medium aria-[current=page]:text-ink"
            >
              <Mark run={run} of={each} />
              Attempt {each.attempt}
            </a>
          </li>
        ))}
      </ul>
      {hint && <p className="mt-1 text-muted text-small">Of some attempts nothing is known here. {hint}</p>}
    </nav>
  );
}

/** How it ended; nothing where that is not known. */
function Mark({ run, of }: { run: RunDetail; of: RunAttempt }) {
  if (of.attempt === run.run_attempt) return <StateIcon of={run} labelled />;
  return of.conclusion && <StateIcon of={{ status: "completed", conclusion: of.conclusion }} labelled />;
}

import type { ReactNode } from "react";
import type { RunDetail } from "../api/types";
import { runPath } from "../routing/paths";
import { Tag } from "./ui/tag";

/** The way to a run that covers the whole card around it. */
export function RunLink({ slug, run, children }: { slug: string; run: RunDetail; children: ReactNode }) {
  return (
    <a
      href={runPath(slug, run.id)}
      data-card-link
      className="block truncate outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-accent"
    >
      {children}
    </a>
  );
}

/** Where a run comes from: branch, event. */
export function Origin({ run }: { run: RunDetail }) {
  const pulls = run.pull_requests.map(({ number }) => `#${number}`).join(" ");
  return (
    <>
      {run.head_branch && (
        <span className="font-mono text-small" dir="auto" title={run.head_branch}>
          {run.head_branch}
        </span>
      )}
      {[pulls, run.event?.replaceAll("_", " ")].filter(Boolean).map((fact) => (
        <span key={fact}> · {fact}</span>
      ))}
    </>
  );
}

export function AttemptTag({ run }: { run: RunDetail }) {
  return run.run_attempt > 1 ? <Tag tone="moves">attempt {run.run_attempt}</Tag> : null;
}

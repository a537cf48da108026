import { memo } from "react";
import type { RepositoryCard, RunList } from "../../api/types";
import { Sparkline } from "../../components/sparkline";
import { StateIcon } from "../../components/state-icon";
import { Age } from "../../components/time";
import { ExternalLink } from "../../components/ui/external-link";
import { Icon } from "../../components/ui/icon";
import { derive } from "../../lib/derive";
import { inSection, lastChange, percent, successRate, type Workflow } from "../../lib/runs";
import { RepoProof } from "../../realtime/proof-line";
import { boardPath, runPath } from "../../routing/paths";
import { BrokenRow, RunningRow } from "./rows";

interface RepoCardProps {
  repo: RepositoryCard;
  list: RunList | undefined;
  failed: boolean;
}

const MOST_RUNNING = 4;

/** One repository: what is wrong in it and what it is doing. Where all is well it stays a single line. */
export const RepoCard = memo(function RepoCard({ repo, list, failed }: RepoCardProps) {
  const { workflows } = derive(list);
  const broken = inSection(workflows, "needs");
  const running = inSection(workflows, "running");
  return (
    <article data-testid="repo-card" data-slug={repo.slug} className="border-t py-4 first:border-t-0">
      <div className="relative flex flex-wrap items-center gap-x-6 gap-y-3 px-4 sm:px-6">
        <div className="min-w-0 flex-1 basis-52">
          <h2 className="truncate font-semibold text-title" dir="auto">
            <a
              href={boardPath(repo.slug)}
              data-card-link
              className="outline-none after:absolute after:-inset-y-2 after:inset-x-2 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-accent"
            >
              {repo.full_name.split("/").at(-1)}
            </a>
          </h2>
          <p className="flex items-center gap-3 text-muted">
            <span className="truncate">{repo.full_name.split("/")[0]}</span>
            <ExternalLink
              href={repo.html_url}
              label={`${repo.full_name} on GitHub`}
              className="relative z-10 -my-0.5 inline-flex min-h-6 items-center gap-1 text-dim text-small hover:text-ink"
            >
              GitHub <Icon name="out" size={11} />
            </ExternalLink>
          </p>
        </div>
        <div className="-mt-1 basis-full md:order-1 md:max-lg:flex-1 md:max-lg:basis-64 lg:order-3">
          <RepoProof slug={repo.slug} name={repo.full_name} lastEventAt={list?.last_event_at ?? repo.last_event_at} />
        </div>
        <Summary list={list} failed={failed} />
      </div>
      {(broken.length > 0 || running.length > 0) && (
        <div className="mt-3">
          {broken.map((workflow) => (
            <BrokenRow key={workflow.key} workflow={workflow} slug={repo.slug} />
          ))}
          {running.slice(0, MOST_RUNNING).map((workflow) => (
            <RunningRow key={workflow.key} workflow={workflow} slug={repo.slug} />
          ))}
          {running.length > MOST_RUNNING && (
            <p className="px-4 pt-1 text-muted text-small sm:px-6">and {running.length - MOST_RUNNING} more running</p>
          )}
        </div>
      )}
      <Quiet workflows={workflows} slug={repo.slug} />
    </article>
  );
});

/** What needs no attention, in one line or two. */
function Quiet({ workflows, slug }: { workflows: Workflow[]; slug: string }) {
  const quiet = workflows.filter(({ section }) => section === "fine" || section === "other");
  if (quiet.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1 px-4 text-muted sm:px-6">
      {quiet.map(({ key, name, latest }) => (
        <li key={key} className="flex min-w-0 items-center gap-1.5">
          <StateIcon of={latest} labelled />
          <a href={runPath(slug, latest.id)} className="truncate hover:text-ink" dir="auto">
            {name}
          </a>
          <span className="text-dim text-small">
            <Age since={lastChange(latest)} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Summary({ list, failed }: Pick<RepoCardProps, "list" | "failed">) {
  if (failed) return <p className="text-broke">Its runs could not be loaded.</p>;
  if (!list) return <div aria-hidden="true" className="skeleton h-9 w-80 max-w-full" />;
  if (list.runs.length === 0) return <p className="text-muted">Waiting for its first delivery today</p>;
  const { numbers } = derive(list);
  const facts = [
    { label: numbers.workflows === 1 ? "workflow" : "workflows", value: numbers.workflows, tone: "" },
    { label: "passed", value: numbers.passed, tone: "" },
    { label: "failed", value: numbers.failed, tone: numbers.failed ? "text-broke" : "" },
    { label: "in progress", value: numbers.inProgress, tone: numbers.inProgress ? "text-moves" : "" },
    { label: "success", value: percent(successRate(numbers)), tone: "" },
  ];
  return (
    <>
      <dl className="flex flex-wrap gap-x-5 gap-y-2 max-sm:w-full max-sm:justify-between">
        {facts.map(({ label, value, tone }) => (
          <div key={label} className="flex flex-col-reverse sm:min-w-14">
            <dt className="text-dim text-small">{label}</dt>
            <dd className={`font-semibold text-title ${tone}`}>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="order-2 flex w-[120px] justify-end max-sm:hidden">
        <Sparkline runs={list.runs} />
      </div>
    </>
  );
}

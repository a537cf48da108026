import { useQuery } from "@tanstack/react-query";
import { attemptQuery } from "../api/get-attempt";
import { runQuery } from "../api/get-run";
import { runsQuery } from "../api/get-runs";
import { workflowsQuery } from "../api/get-workflows";
import type { RunDetail } from "../api/types";
import { Page } from "../components/page";
import { Section } from "../components/section";
import { Loading, SkeletonRows } from "../components/skeleton";
import { StateIcon } from "../components/state-icon";
import { Trouble } from "../components/trouble";
import { BUTTON } from "../components/ui/button";
import { Tag } from "../components/ui/tag";
import { OnIt } from "../features/claims/on-it";
import { Attempts } from "../features/run/attempts";
import { jobsSummary } from "../features/run/jobs-summary";
import { RunFacts } from "../features/run/run-facts";
import { RunTimeline } from "../features/run/run-timeline";
import { WorkflowDay } from "../features/run/workflow-day";
import { expectationOf } from "../lib/expectation";
import { failurePlace, workflowKey } from "../lib/runs";
import { isBroken, isCompleted, lookOf } from "../lib/status";
import { useToday } from "../lib/use-clock";
import { useConnection, useLiveRepos } from "../realtime/context";
import { useAsked } from "../routing/address";
import { boardPath } from "../routing/paths";
import { usePageTab } from "./page-tab";

interface RunRouteProps {
  slug: string;
  runId: number;
}

export default function RunRoute({ slug, runId }: RunRouteProps) {
  const { date, tz } = useToday();
  const { data: answer, error, isPending, refetch } = useQuery(runQuery(slug, runId));
  const attempt = Number(useAsked().attempt);
  const earlier =
    answer && attempt > 0 && Number.isInteger(attempt) && attempt !== answer.run.run_attempt ? attempt : null;
  const then = useQuery({ ...attemptQuery(slug, runId, earlier ?? 0), enabled: earlier !== null });
  const { data: list } = useQuery(runsQuery(slug, date, tz));
  useLiveRepos([slug]);
  const run = answer?.run;
  useRunTab(run);
  const shown = earlier === null ? run : then.data?.run;
  const ofWorkflow = run ? (list?.runs ?? []).filter((other) => workflowKey(other) === workflowKey(run)) : [];
  const { data: before } = useQuery(workflowsQuery(slug, date, tz));
  const past = run && before?.workflows.find((each) => workflowKey(each) === workflowKey(run));
  const expectation = expectationOf(ofWorkflow, past?.usual);

  return (
    <Page
      title={<Title slug={slug} name={answer?.repo.full_name ?? slug} run={run} flaky={Boolean(answer?.flaky)} />}
      aside={
        ofWorkflow.length > 0 && <WorkflowDay slug={slug} current={runId} runs={ofWorkflow} expectation={expectation} />
      }
    >
      {isPending && (
        <>
          <Loading what="the run" />
          <SkeletonRows rows={6} height={41} />
        </>
      )}
      {error && !run && (
        <Trouble
          error={error}
          onRetry={() => void refetch()}
          wayOut={
            <a href={boardPath(slug)} className={BUTTON}>
              All workflows of {slug}
            </a>
          }
        />
      )}
      {run && answer && (
        <>
          <RunFacts run={shown ?? run} expectation={expectation}>
            <OnIt slug={slug} run={run} runs={ofWorkflow} />
          </RunFacts>
          <Attempts slug={slug} answer={answer} current={earlier ?? run.run_attempt} />
        </>
      )}
      {earlier !== null && !shown && (
        <>
          {then.isPending && <SkeletonRows rows={3} height={41} />}
          {then.error && <Trouble error={then.error} onRetry={() => void then.refetch()} />}
        </>
      )}
      {shown && (
        <div className="py-5 sm:px-6">
          <Section id="jobs" title="Jobs" note={jobsSummary(shown.jobs)}>
            <div className="px-4 sm:px-0">
              {shown.jobs.length > 0 ? (
                <RunTimeline key={`${shown.id} ${shown.run_attempt}`} run={shown} usual={expectation?.usual ?? null} />
              ) : (
                <p className="border-t py-4 text-muted">
                  {isCompleted(shown) ? "No job of this run was reported." : "No job has been reported yet."}
                </p>
              )}
            </div>
          </Section>
        </div>
      )}
    </Page>
  );
}

interface TitleProps {
  slug: string;
  name: string;
  run: RunDetail | undefined;
  flaky: boolean;
}

function Title({ slug, name, run, flaky }: TitleProps) {
  const failing = run && !isCompleted(run) && failurePlace(run);
  return (
    <div className="flex min-w-0 items-center gap-2">
      {run && <StateIcon of={run} />}
      <h1 className="flex min-w-0 gap-1.5 text-title">
        <a href={boardPath(slug)} className="min-w-0 shrink-[4] truncate text-muted hover:text-ink" dir="auto">
          {name}
        </a>
        <span className="text-dim">/</span>
        <span className="truncate font-semibold" dir="auto">
          {run?.name ?? "Run"}
        </span>
        {run?.run_number && <span className="font-semibold text-dim">#{run.run_number}</span>}
      </h1>
      {run && <Tag tone={lookOf(run).tone}>{lookOf(run).word}</Tag>}
      {flaky && (
        <span title="It failed, and then passed on the same commit" className="flex">
          <Tag tone="waits">flaky</Tag>
        </span>
      )}
      {failing && <Tag tone="broke">failing early</Tag>}
    </div>
  );
}

function useRunTab(run: RunDetail | undefined): void {
  const { phase } = useConnection();
  const look = run && lookOf(run);
  const mark = run && (isBroken(run) ? "● " : "");
  const title = run && look ? `${mark}${run.name} ${look.word.toLowerCase()} · OmniLens` : "OmniLens";
  usePageTab(title, phase === "failed" ? "quiet" : (look?.tone ?? "quiet"));
}

import { useQuery } from "@tanstack/react-query";
import { type RefObject, useRef, useState } from "react";
import { reportQuery } from "../api/get-report";
import { Page } from "../components/page";
import { Loading } from "../components/skeleton";
import { Trouble } from "../components/trouble";
import { BUTTON, Button } from "../components/ui/button";
import { download, pictureOf } from "../features/report/picture";
import { ReportParts, ReportSkeleton } from "../features/report/report-parts";
import { useToday } from "../lib/use-clock";
import { useLiveRepos } from "../realtime/context";
import { useAsked } from "../routing/address";
import { boardPath, reportPath } from "../routing/paths";
import { usePageTab } from "./page-tab";

const PERIODS = [30, 90] as const;

/** What the last weeks of a repository were like. */
export default function ReportRoute({ slug }: { slug: string }) {
  const days = useAsked().days === "90" ? 90 : 30;
  const { tz } = useToday();
  const { data: report, error, isPending, isFetching, refetch } = useQuery(reportQuery(slug, days, tz));
  useLiveRepos([slug]); // who reads a report is still connected
  const name = report?.repo.full_name ?? slug;
  usePageTab(`Report of ${name} · OmniLens`, "quiet");
  const parts = useRef<HTMLDivElement>(null);

  return (
    <Page
      title={
        <h1 className="flex min-w-0 gap-1.5 text-title">
          <a href={boardPath(slug)} className="truncate text-muted hover:text-ink" dir="auto">
            {name}
          </a>
          <span className="text-dim">/</span>
          <span className="font-semibold">Report</span>
        </h1>
      }
      controls={
        <>
          <nav aria-label="Period" className="flex gap-1">
            {PERIODS.map((period) => (
              <a
                key={period}
                href={reportPath(slug, period === 90 ? period : undefined)}
                aria-current={period === days ? "page" : undefined}
                className={`${BUTTON} ${period === days ? "bg-sunken!" : "text-muted!"}`}
              >
                {period} days
              </a>
            ))}
          </nav>
          {report && (
            <>
              <AsPicture of={parts} heading={`${name}, ${days} days to ${report.last_day}`} file={`${slug}-${days}d`} />
              <Button onClick={() => void refetch()} disabled={isFetching}>
                {isFetching ? "Counting…" : "Refresh"}
              </Button>
            </>
          )}
        </>
      }
    >
      {isPending && (
        <>
          <Loading what="the report" />
          <ReportSkeleton />
        </>
      )}
      {error && !report && (
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
      {report && (
        <div ref={parts}>
          <ReportParts report={report} />
        </div>
      )}
    </Page>
  );
}

interface AsPictureProps {
  of: RefObject<HTMLElement | null>;
  heading: string;
  file: string;
}

function AsPicture({ of, heading, file }: AsPictureProps) {
  const [problem, setProblem] = useState(false);
  const take = async () => {
    try {
      if (of.current) download(await pictureOf(of.current, heading), `${file}.png`);
      setProblem(false);
    } catch {
      setProblem(true);
    }
  };
  return (
    <>
      {problem && (
        <span role="alert" className="text-broke text-small">
          No picture could be made
        </span>
      )}
      <Button onClick={() => void take()} title="The charts as a picture">
        PNG
      </Button>
    </>
  );
}

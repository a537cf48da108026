import { useQuery } from "@tanstack/react-query";
import { doctorQuery } from "../api/get-doctor";
import type { Finding } from "../api/types";
import { Page } from "../components/page";
import { Section } from "../components/section";
import { SkeletonRows } from "../components/skeleton";
import { Moment } from "../components/time";
import { Trouble } from "../components/trouble";
import { BUTTON, Button } from "../components/ui/button";
import { FindingList } from "../features/doctor/finding-list";
import { needsMending, summaryOf } from "../features/doctor/findings";
import { MendButton } from "../features/doctor/mend-button";
import type { Tone } from "../lib/status";
import { instant } from "../lib/time";
import { boardPath } from "../routing/paths";
import { usePageTab } from "./page-tab";

const TONES: Record<Finding["level"], Tone> = { problem: "broke", warning: "waits", note: "quiet", ok: "passed" };

/** Whether the deliveries of a repository arrive, and what to do if not. */
export default function DoctorRoute({ slug }: { slug: string }) {
  const { data, error, isPending, isFetching, refetch } = useQuery(doctorQuery(slug));
  usePageTab(`Check of ${data?.repo.full_name ?? slug} · OmniLens`, data ? TONES[data.level] : "quiet");

  return (
    <Page
      title={
        <h1 className="flex min-w-0 gap-1.5 text-title">
          <a href={boardPath(slug)} className="truncate text-muted hover:text-ink" dir="auto">
            {data?.repo.full_name ?? slug}
          </a>
          <span className="text-dim">/</span>
          <span className="font-semibold">Check</span>
        </h1>
      }
      controls={
        <Button onClick={() => void refetch()} disabled={isFetching}>
          {isFetching ? "Looking…" : "Look again"}
        </Button>
      }
    >
      <p role="status" className="sr-only">
        {isFetching ? "Asking GitHub and the server" : data ? summaryOf(data.findings) : ""}
      </p>
      {isPending && <SkeletonRows rows={6} height={52} />}
      {error && !data && (
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
      {data && (
        <div className="max-w-3xl py-5 sm:px-6" aria-busy={isFetching}>
          <Section
            id="findings"
            title={summaryOf(data.findings)}
            urgent={data.level === "problem"}
            note={
              <>
                as of <Moment at={instant(data.at)} />
              </>
            }
          >
            {needsMending(data.findings) && <MendButton slug={slug} />}
            <FindingList findings={data.findings} />
          </Section>
        </div>
      )}
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";
import { ASK_EVERY, alertsQuery, figuresQuery, flagsQuery, problemsQuery } from "../api/get-operations";
import { reposQuery } from "../api/get-repos";
import { Page } from "../components/page";
import { Section } from "../components/section";
import { SkeletonRows } from "../components/skeleton";
import { Trouble } from "../components/trouble";
import { AlertList } from "../features/operations/alert-list";
import { FigureSection } from "../features/operations/figure-section";
import { LiveUpdates } from "../features/operations/live-updates";
import { AlertLog, FlagLog, isAmongSeveral, ProblemLog } from "../features/operations/logs";
import { Migration } from "../features/operations/migration";
import { useToday } from "../lib/use-clock";
import { useOperations } from "../realtime/context";
import { usePageTab } from "./page-tab";

const ROLLBACKS = {
  auto: "a rollback alert switches live updates off",
  "dry-run": "a rollback alert only says what it would do",
  off: "nothing is switched off by itself",
};

/** The server itself, for its operators: what is wrong with it, and who has live updates. */
export default function OperationsRoute() {
  // While everything comes live, nobody asks.
  const refetchInterval = useOperations() ? false : ASK_EVERY;
  const alerts = useQuery({ ...alertsQuery, refetchInterval });
  const flags = useQuery({ ...flagsQuery, refetchInterval });
  const problems = useQuery({ ...problemsQuery, refetchInterval });
  const figures = useQuery({ ...figuresQuery, refetchInterval });
  const { date, tz } = useToday();
  const slugs = (useQuery(reposQuery(date, tz)).data?.repos ?? []).map(({ slug }) => slug);
  const firing = alerts.data?.alerts.filter(({ state }) => state === "firing").length ?? 0;
  usePageTab(`${firing > 0 ? `${firing} alerts · ` : ""}Operations · OmniLens`, firing > 0 ? "broke" : "quiet");
  const error = alerts.error ?? flags.error;
  return (
    <Page title={<h1 className="font-semibold text-title">Operations</h1>}>
      {error && !(alerts.data && flags.data) ? (
        <Trouble error={error} onRetry={() => void Promise.all([alerts.refetch(), flags.refetch()])} />
      ) : alerts.data && flags.data ? (
        <div className="max-w-5xl py-5 sm:px-6">
          <Section
            id="alerts"
            title="Alerts"
            note={`${isAmongSeveral(alerts.data.log, alerts.data.server) ? `of ${alerts.data.server} · ` : ""}looked at every five seconds · ${ROLLBACKS[alerts.data.rollback]}`}
            urgent={firing > 0}
          >
            <AlertList alerts={alerts.data.alerts} />
          </Section>
          {figures.data && <FigureSection history={figures.data} />}
          <Section id="live-updates" title="Live updates" note="a change reaches every browser within a second">
            <LiveUpdates flags={flags.data} slugs={slugs} />
          </Section>
          <Section
            id="migration"
            title="Gradual migration"
            note="10 %, half, then all users of a repository; always the same ones, and back at any time"
          >
            <Migration flags={flags.data} slugs={slugs} />
          </Section>
          <Section id="alert-log" title="What fired">
            <AlertLog log={alerts.data.log} server={alerts.data.server} />
          </Section>
          <Section id="problems" title="What people reported">
            <ProblemLog problems={problems.data?.problems ?? []} />
          </Section>
          <Section id="flag-log" title="Who switched live updates">
            <FlagLog changes={flags.data.changes ?? []} />
          </Section>
        </div>
      ) : (
        <SkeletonRows rows={12} height={44} />
      )}
    </Page>
  );
}

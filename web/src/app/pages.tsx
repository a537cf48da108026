import { Component, lazy, type ReactNode, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { NotFound } from "./not-found";
import { PageCrashed } from "./page-crashed";

const Home = lazy(() => import("./home-route"));
const Dashboard = lazy(() => import("./dashboard-route"));
const Run = lazy(() => import("./run-route"));
const Report = lazy(() => import("./report-route"));
const Doctor = lazy(() => import("./doctor-route"));
const Notifications = lazy(() => import("./notifications-route"));
const Privacy = lazy(() => import("./privacy-route"));
const Tokens = lazy(() => import("./tokens-route"));
const Operations = lazy(() => import("./operations-route"));

/** What is shown at which address. */
export function Pages() {
  return (
    <Suspense>
      <Switch>
        <Route path="/" component={Home} />
        <Route path="/dashboard/:slug">{({ slug }) => <Dashboard slug={slug} />}</Route>
        <Route path="/dashboard/:slug/runs/:runId">
          {({ slug, runId }) => <Run slug={slug} runId={Number(runId)} />}
        </Route>
        <Route path="/dashboard/:slug/report">{({ slug }) => <Report slug={slug} />}</Route>
        <Route path="/dashboard/:slug/doctor">{({ slug }) => <Doctor slug={slug} />}</Route>
        <Route path="/notifications" component={Notifications} />
        <Route path="/privacy" component={Privacy} />
        <Route path="/tokens" component={Tokens} />
        <Route path="/operations" component={Operations} />
        {/* Who is in already has nothing to do at the login. */}
        <Route path="/login">
          <Redirect to="/" replace />
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Suspense>
  );
}

interface CrashBoundaryProps {
  children: ReactNode;
  at: string;
}

interface CrashBoundaryState {
  crash: { error: unknown } | null;
  at: string;
}

/** Only a class can catch what goes wrong while something is drawn. Another page is another chance. */
class CrashBoundary extends Component<CrashBoundaryProps, CrashBoundaryState> {
  override state: CrashBoundaryState = { crash: null, at: this.props.at };

  static getDerivedStateFromError = (error: unknown): Partial<CrashBoundaryState> => ({ crash: { error } });

  static getDerivedStateFromProps = ({ at }: CrashBoundaryProps, state: CrashBoundaryState) =>
    at === state.at ? null : { crash: null, at };

  override render(): ReactNode {
    const { crash } = this.state;
    return crash ? <PageCrashed error={crash.error} /> : this.props.children;
  }
}

/** Says so where a page breaks, instead of showing nothing at all. */
export function CatchCrashes({ children }: { children: ReactNode }) {
  return <CrashBoundary at={usePathname()}>{children}</CrashBoundary>;
}

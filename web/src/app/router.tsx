import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { isDay } from "../lib/day";
import { type BoardSearch, readBoardSearch, readMoment } from "./board-search";
import { Layout } from "./layout";
import { NotFound } from "./not-found";
import { PageCrashed } from "./page-crashed";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound, errorComponent: PageCrashed });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (search: Record<string, unknown>): BoardSearch => readBoardSearch(search),
  component: lazyRouteComponent(() => import("./home-route"), "HomeRoute"),
});

interface DashboardSearch {
  /** A day other than today. */
  date?: string | undefined;
  /** A moment of the last half hour. */
  at?: string | undefined;
}

const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/dashboard/$slug",
  validateSearch: (search: Record<string, unknown>): BoardSearch & DashboardSearch => ({
    ...readBoardSearch(search),
    date: isDay(search.date) ? search.date : undefined,
    at: readMoment(search.at),
  }),
  component: lazyRouteComponent(() => import("./dashboard-route"), "DashboardRoute"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/dashboard/$slug/runs/$runId",
  validateSearch: (search: Record<string, unknown>): { attempt?: number | undefined } => ({
    ...search,
    attempt: Number.isInteger(search.attempt) && Number(search.attempt) > 0 ? Number(search.attempt) : undefined,
  }),
  component: lazyRouteComponent(() => import("./run-route"), "RunRoute"),
});

const doctor = createRoute({
  getParentRoute: () => root,
  path: "/dashboard/$slug/doctor",
  component: lazyRouteComponent(() => import("./doctor-route"), "DoctorRoute"),
});

const report = createRoute({
  getParentRoute: () => root,
  path: "/dashboard/$slug/report",
  validateSearch: ({ days }: Record<string, unknown>): { days?: 90 | undefined } => ({
    days: days === 90 ? 90 : undefined,
  }),
  component: lazyRouteComponent(() => import("./report-route"), "ReportRoute"),
});

const tokens = createRoute({
  getParentRoute: () => root,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./tokens-route"), "TokensRoute"),
});

/** Who is in already has nothing to do at the login. */
const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  beforeLoad: () => {
    throw redirect({ to: "/", replace: true });
  },
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: "/notifications",
  component: lazyRouteComponent(() => import("./notifications-route"), "NotificationsRoute"),
});

const privacy = createRoute({
  getParentRoute: () => root,
  path: "/privacy",
  component: lazyRouteComponent(() => import("./privacy-route"), "PrivacyRoute"),
});

const operations = createRoute({
  getParentRoute: () => root,
  path: "/operations",
  component: lazyRouteComponent(() => import("./operations-route"), "OperationsRoute"),
});

export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([
      home,
      notifications,
      dashboard,
      run,
      report,
      doctor,
      privacy,
      tokens,
      operations,
      login,
    ]),
    defaultPreload: false,
    scrollRestoration: true,
    ...(history && { history }),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

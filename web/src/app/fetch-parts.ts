const home = () => import("./home-route");
const dashboard = () => import("./dashboard-route");

const PARTS = [
  home,
  dashboard,
  () => import("./run-route"),
  () => import("../features/day/day-cards"),
  () => import("../features/rewind/rewound"),
  () => import("./report-route"),
  () => import("./notifications-route"),
  () => import("../features/notices/away-line"),
  () => import("./shortcuts-sheet"),
  () => import("./palette"),
  () => import("./wallboard"),
  () => import("../features/account/account-menu"),
  () => import("../features/repos/add-dialog"),
  () => import("../components/toasts"),
  () => import("../features/dashboard/day-runs-popover"),
  () => import("../realtime/proof-popover"),
  () => import("../realtime/card-proof-popover"),
  () => import("../features/filter/filter-popover"),
  () => import("../features/badges/badge-popover"),
];

/** The part that an address asks for, where it is one of the two that most do: while it is asked who looks. */
export function fetchPage(pathname: string): void {
  if (pathname === "/") home().catch(() => {});
  else if (/^\/dashboard\/[^/]+$/.test(pathname)) dashboard().catch(() => {});
}

/**
 * Parts of the page that can wait until it is shown are fetched then, and not when somebody wants them: the server may
 * be gone by that time, and what is on display still has to work. What fails here is tried again when it is needed.
 */
export function fetchParts(): void {
  for (const fetchPart of PARTS) fetchPart().catch(() => {});
}

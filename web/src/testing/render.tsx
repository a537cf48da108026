import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";

/** Renders a part of a page inside a router, because its links need one. */
export async function renderWithRouter(part: ReactNode) {
  const root = createRootRoute();
  const home = createRoute({ getParentRoute: () => root, path: "/", component: () => part });
  const run = createRoute({ getParentRoute: () => root, path: "/dashboard/$slug/runs/$runId" });
  const doctor = createRoute({ getParentRoute: () => root, path: "/dashboard/$slug/doctor" });
  const router = createRouter({
    routeTree: root.addChildren([home, run, doctor]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  await router.load();
  // The routes of a test are its own, not those the app registered.
  const view = render(<RouterProvider router={router as never} />);
  await act(async () => {});
  return view;
}

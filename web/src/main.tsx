import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client";
import { fetchParts } from "./app/fetch-parts";
import { Gate } from "./app/gate";
import { createAppRouter } from "./app/router";
import "./app/styles.css";
import { announce } from "./components/toast-manager";
import { markWhileVisible, showOnDevice } from "./lib/device-notices";
import { followSystemTheme } from "./lib/theme";
import type { Announcement } from "./realtime/announcements";
import { RealtimeProvider } from "./realtime/context";
import { Realtime } from "./realtime/realtime";
import { createSocket } from "./realtime/socket";

const queryClient = createQueryClient();
const router = createAppRouter();
const realtime = new Realtime(queryClient, createSocket(), (announcements) => {
  announce(announcements);
  announcements.forEach(announceOnDevice);
});

/** What is about nothing that was told, such as the connection, stays on the page. */
function announceOnDevice({ id, title, detail, target, notices }: Announcement): void {
  if (!notices) return;
  const to = target ? `/dashboard/${encodeURIComponent(target.slug)}/runs/${target.runId}` : "/notifications";
  const open = () => {
    realtime.notifications.markRead(target ? notices : []);
    void router.navigate({ to });
  };
  void showOnDevice({ id, title, detail, open });
}

followSystemTheme();
markWhileVisible();
window.addEventListener("load", fetchParts, { once: true });

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Gate>
        <RealtimeProvider realtime={realtime}>
          <RouterProvider router={router} />
        </RealtimeProvider>
      </Gate>
    </QueryClientProvider>
  </StrictMode>,
);

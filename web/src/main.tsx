import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client";
import { fetchPage, fetchParts } from "./app/fetch-parts";
import { Gate } from "./app/gate";
import { Layout } from "./app/layout";
import { CatchCrashes } from "./app/pages";
import "./app/styles.css";
import { announce } from "./components/toast-manager";
import { markWhileVisible, showOnDevice } from "./lib/device-notices";
import { followSystemTheme } from "./lib/theme";
import type { Announcement } from "./realtime/announcements";
import { RealtimeProvider } from "./realtime/context";
import { Realtime } from "./realtime/realtime";
import { createSocket } from "./realtime/socket";
import { go } from "./routing/address";
import { followLinks } from "./routing/follow-links";
import { runPath } from "./routing/paths";

const queryClient = createQueryClient();
const realtime = new Realtime(queryClient, createSocket(), (announcements) => {
  announce(announcements);
  announcements.forEach(announceOnDevice);
});

/** What is about nothing that was told, such as the connection, stays on the page. */
function announceOnDevice({ id, title, detail, target, notices }: Announcement): void {
  if (!notices) return;
  const open = () => {
    realtime.notifications.markRead(target ? notices : []);
    go(target ? runPath(target.slug, target.runId) : "/notifications");
  };
  void showOnDevice({ id, title, detail, open });
}

fetchPage(location.pathname);
followSystemTheme();
markWhileVisible();
followLinks();
window.addEventListener("load", fetchParts, { once: true });

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Gate>
        <RealtimeProvider realtime={realtime}>
          <CatchCrashes>
            <Layout />
          </CatchCrashes>
        </RealtimeProvider>
      </Gate>
    </QueryClientProvider>
  </StrictMode>,
);

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
import { followSystemTheme } from "./lib/theme";
import { RealtimeProvider } from "./realtime/context";
import { Realtime } from "./realtime/realtime";
import { createSocket } from "./realtime/socket";

const queryClient = createQueryClient();
const realtime = new Realtime(queryClient, createSocket(), announce);
const router = createAppRouter();

followSystemTheme();
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

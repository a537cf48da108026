import { QueryClientProvider } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createQueryClient } from "../api/query-client";
import { Layout } from "../app/layout";
import { CatchCrashes } from "../app/pages";
import { RealtimeProvider } from "../realtime/context";
import { Realtime } from "../realtime/realtime";
import { FakeSocket } from "./fake-socket";

/** Renders a part of a page, and waits for what it asks for at once. */
export async function renderPart(part: ReactNode) {
  const view = render(part);
  await act(async () => {});
  return view;
}

/** Opens the whole page at an address; the socket is still to be opened. */
export async function openPage(address: string): Promise<FakeSocket> {
  history.replaceState(null, "", address);
  const client = createQueryClient();
  const socket = new FakeSocket();
  render(
    <QueryClientProvider client={client}>
      <RealtimeProvider realtime={new Realtime(client, socket.asSocket(), () => {})}>
        <CatchCrashes>
          <Layout />
        </CatchCrashes>
      </RealtimeProvider>
    </QueryClientProvider>,
  );
  await act(async () => {});
  return socket;
}

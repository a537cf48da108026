import { render } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keys } from "../api/keys";
import { createQueryClient } from "../api/query-client";
import { makeList, makeRun } from "../testing/builders";
import { FakeSocket } from "../testing/fake-socket";
import { RealtimeProvider, useLiveRepos } from "./context";
import { Realtime } from "./realtime";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function Board() {
  useLiveRepos(["api"]);
  return null;
}

const count = (socket: FakeSocket, event: string) => socket.sent.filter(([sent]) => sent === event).length;

/** In development React starts everything, stops it and starts it again, to show what does not clean up behind itself. */
it("subscribes once and hears everything once where React starts it twice", () => {
  const client = createQueryClient();
  client.setQueryData(keys.runs("api", "2026-11-22", "UTC"), makeList([makeRun()]));
  const socket = new FakeSocket();
  const realtime = new Realtime(client, socket.asSocket(), () => {});
  const page = render(
    <StrictMode>
      <RealtimeProvider realtime={realtime}>
        <Board />
      </RealtimeProvider>
    </StrictMode>,
  );
  expect(socket.connects).toBeGreaterThan(0);
  socket.open();
  expect(count(socket, "subscribe-repo")).toBe(1);
  const asked = vi.spyOn(client, "invalidateQueries");
  socket.trigger("repos-changed");
  expect(asked).toHaveBeenCalledTimes(2); // for what is listed and for what could be

  page.unmount();
  vi.runOnlyPendingTimers();
  socket.trigger("repos-changed");
  expect(asked).toHaveBeenCalledTimes(2);
  expect(socket.connected).toBe(false);
});

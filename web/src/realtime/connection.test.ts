import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServerClock } from "../lib/server-clock";
import { FakeSocket } from "../testing/fake-socket";
import { Connection } from "./connection";
import { ConnectionState } from "./connection-state";

let socket: FakeSocket;
let state: ConnectionState;
let clock: ServerClock;
let stop: () => void;
const hooks = { connected: vi.fn(), disconnected: vi.fn(), nobody: vi.fn(), serverAnswers: vi.fn(async () => false) };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.resetAllMocks();
  hooks.serverAnswers.mockResolvedValue(false);
  socket = new FakeSocket();
  state = new ConnectionState();
  clock = new ServerClock();
  stop = new Connection(socket.asSocket(), state, clock, hooks).start();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("is live as soon as the socket is connected", () => {
  expect(state.get().phase).toBe("connecting");
  socket.open();
  expect(state.get().phase).toBe("live");
  expect(hooks.connected).toHaveBeenCalledWith(false);
});

it("has failed when the first connection takes longer than five seconds", () => {
  vi.advanceTimersByTime(4999);
  expect(state.get().phase).toBe("connecting");
  vi.advanceTimersByTime(1);
  expect(state.get()).toMatchObject({ phase: "failed", cause: "The server has not answered for 5 seconds." });
});

describe("when the connection is lost", () => {
  beforeEach(() => {
    socket.open();
    vi.advanceTimersByTime(60_000);
    socket.lose("transport close");
  });

  it("says so at once, with the cause and since when", () => {
    const cause = "The server closed the connection or went away.";
    expect(state.get()).toMatchObject({ phase: "failed", since: 1_060_000, cause });
    expect(hooks.disconnected).toHaveBeenCalled();
  });

  it("stops the clock of what is shown, and starts it again", () => {
    vi.advanceTimersByTime(30_000);
    expect(clock.now()).toBe(1_060_000);
    socket.open();
    expect(clock.now()).toBe(1_090_000);
  });

  it("keeps saying since when, while attempts fail for other reasons", () => {
    vi.advanceTimersByTime(5000);
    socket.trigger("connect_error", new Error("websocket error"));
    expect(state.get()).toMatchObject({ since: 1_060_000, cause: "The server cannot be reached." });
  });

  it("tells when the next attempt comes", () => {
    socket.io.backoff.duration();
    expect(state.get().retryAt).toBe(Date.now() + 700);
    socket.io.trigger("reconnect_attempt");
    expect(state.get().retryAt).toBeNull();
  });

  it("knows that it comes back after a loss", () => {
    socket.open();
    expect(state.get().phase).toBe("live");
    expect(hooks.connected).toHaveBeenLastCalledWith(true);
  });
});

it("says why the server cut it off", () => {
  socket.open();
  socket.lose("transport close", "slow consumer");
  expect(state.get().cause).toContain("read too slowly");
});

it("does not call it a failure that a connection ended which watched nothing", () => {
  socket.open();
  socket.lose("transport close", "idle timeout");
  expect(state.get().phase).toBe("connecting");
  socket.open();
  expect(state.get().phase).toBe("live");
});

it("tells a server that lets no live connection through from one that is gone", async () => {
  hooks.serverAnswers.mockResolvedValue(true);
  socket.trigger("connect_error", new Error("websocket error"));
  expect(state.get().cause).toBe("The server cannot be reached.");
  await vi.advanceTimersByTimeAsync(0);
  expect(state.get().cause).toContain("live connections do not get through");
});

it("comes back by itself when the server said goodbye, which Socket.IO leaves to us", () => {
  socket.open();
  const before = socket.connects;
  socket.lose("io server disconnect");
  vi.advanceTimersByTime(3000);
  expect(socket.connects).toBe(before + 1);
});

it("says what the server said when it refuses", () => {
  socket.active = false;
  socket.trigger("connect_error", new Error("Too many connections."));
  expect(state.get().cause).toBe("The server refused: Too many connections.");
});

it("notices that the device goes offline, and tries again when it is back", () => {
  socket.open();
  window.dispatchEvent(new Event("offline"));
  expect(state.get()).toMatchObject({ phase: "failed", cause: "This device is offline." });
  const before = socket.connects;
  window.dispatchEvent(new Event("online"));
  expect(socket.connects).toBe(before + 1);
});

it("leaves a connection alone that a change of networks did not harm", () => {
  socket.open();
  const before = socket.connects;
  window.dispatchEvent(new Event("online"));
  expect([state.get().phase, socket.connects]).toEqual(["live", before]);
});

it("knows a restart from a failure", () => {
  socket.open();
  socket.trigger("server-draining");
  expect(state.get().draining).toBe(true);
  socket.lose("transport close");
  expect(state.get().cause).toBe("The server is restarting.");
  socket.open();
  expect(state.get().draining).toBe(false);
});

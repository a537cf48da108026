import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeSocket } from "../testing/fake-socket";
import { Witness } from "./witness";

let socket: FakeSocket;
let witness: Witness;
const shown = () => socket.sent.filter(([event]) => event === "update-shown").map(([, seq]) => seq);

function offer(wanted: boolean): void {
  witness.connected();
  const [, answer] = socket.sent.findLast(([event]) => event === "confirm-updates") as [string, (said: object) => void];
  answer({ ok: true, wanted });
}

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  witness = new Witness(socket.asSocket());
});
afterEach(() => vi.useRealTimers());

it("confirms an update with the frame that shows it, and only the first of a second", () => {
  offer(true);
  witness.drawn(3);
  expect(shown()).toEqual([]);
  vi.advanceTimersByTime(20);
  witness.drawn(4);
  vi.advanceTimersByTime(1000);
  expect(shown()).toEqual([3]);
  witness.drawn(5);
  vi.advanceTimersByTime(20);
  expect(shown()).toEqual([3, 5]);
});

it("says nothing where it is not of the sample, after the connection, or in the background", () => {
  offer(false);
  witness.drawn(3);
  offer(true);
  witness.disconnected();
  witness.drawn(4);
  offer(true);
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  witness.drawn(5);
  hidden.mockRestore();
  vi.advanceTimersByTime(20);
  expect(shown()).toEqual([]);
});

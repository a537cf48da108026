import { beforeEach, expect, it } from "vitest";
import { keys } from "../api/keys";
import { createQueryClient } from "../api/query-client";
import type { Alert, OperationsHistory } from "../api/types";
import { FakeSocket } from "../testing/fake-socket";
import type { Announcement } from "./announcements";
import { Operations, withPoint } from "./operations";

const client = createQueryClient();
let socket: FakeSocket;
let operations: Operations;
const announced: Announcement[] = [];
const alert = { name: "latency", level: "critical", title: "Updates are late", to_do: "Look at the load." } as Alert;
const HISTORY: OperationsHistory = {
  every: 10,
  times: [10, 20],
  series: [
    {
      name: "latency",
      group: "critical",
      title: "Latency",
      unit: "s",
      threshold: 2,
      wrong_below: false,
      points: [1, null],
    },
  ],
};

beforeEach(() => {
  client.clear();
  announced.length = 0;
  socket = new FakeSocket();
  operations = new Operations(client, socket.asSocket(), (some) => announced.push(...some));
  operations.start();
});

function asked(): { figures: boolean; answer: (ok: boolean) => void } {
  const [, request, said] = socket.sent.findLast(([event]) => event === "watch-operations") as [
    string,
    { figures: boolean },
    (answer: object) => void,
  ];
  return {
    figures: request.figures,
    answer: (ok) => said(ok ? { ok, server: "one", alerts: [] } : { ok, code: "operators-only" }),
  };
}

function connect(): void {
  socket.open();
  operations.connected();
}

it("is told of alerts on every page, with what to do and where to look", () => {
  connect();
  expect(asked().figures).toBe(false);
  asked().answer(true);
  expect(operations.told()).toBe(false);
  socket.trigger("alert", { turn: "fired", alert });
  socket.trigger("alert", { turn: "resolved", alert });
  expect(announced.map(({ kind, title, page }) => [kind, title, page])).toEqual([
    ["broke", "Updates are late", "/operations"],
    ["fixed", "Over: Updates are late", "/operations"],
  ]);
  expect(new Set(announced.map(({ id }) => id)).size).toBe(1);
  socket.trigger("alert", { turn: "fired", alert: { ...alert, server: "one" } });
  socket.trigger("alert", { turn: "fired", alert: { ...alert, server: "two" } });
  expect(announced.slice(2).map(({ title }) => title)).toEqual(["Updates are late", "two: Updates are late"]);
});

it("says nothing of an alert to who looks at it already", () => {
  operations.look();
  connect();
  asked().answer(true);
  socket.trigger("alert", { turn: "fired", alert });
  expect(announced).toEqual([]);
});

it("is told everything while somebody looks and the link stands, and else not", () => {
  connect();
  asked().answer(true);
  const leave = operations.look();
  expect(asked().figures).toBe(true);
  expect(operations.told()).toBe(false);
  asked().answer(true);
  expect(operations.told()).toBe(true);
  operations.disconnected();
  expect(operations.told()).toBe(false);
  connect();
  const late = asked();
  leave();
  late.answer(true); // to a question that counts no more
  expect(operations.told()).toBe(false);
  expect(asked().figures).toBe(false);
});

it("is told nothing where it is no operator's page", () => {
  operations.look();
  connect();
  asked().answer(false);
  expect(operations.told()).toBe(false);
});

it("shows what comes, and asks for what it is only told of", () => {
  client.setQueryData(keys.alerts, { server: "one", alerts: [], rollback: "auto", log: [] });
  client.setQueryData(keys.figures, HISTORY);
  client.setQueryData(keys.flags, {});
  socket.trigger("operations", { alerts: [alert], point: { at: 30, values: { latency: 3 } } });
  expect(client.getQueryData(keys.alerts)).toEqual({ server: "one", alerts: [alert], rollback: "auto", log: [] });
  expect(client.getQueryData<OperationsHistory>(keys.figures)?.series[0]?.points).toEqual([1, null, 3]);
  socket.trigger("operations-changed", { what: "flags" });
  expect(client.getQueryState(keys.flags)?.isInvalidated).toBe(true);
});

it("takes a point once, knows nothing of a figure that is new, and keeps an hour", () => {
  expect(withPoint(HISTORY, { at: 20, values: { latency: 9 } })).toBe(HISTORY);
  expect(withPoint(HISTORY, { at: 30, values: {} }).series[0]?.points).toEqual([1, null, null]);
  let long = HISTORY;
  for (let at = 30; at < 3700; at += 10) long = withPoint(long, { at, values: { latency: at } });
  expect([long.times.length, long.series[0]?.points.length, long.times[0]]).toEqual([360, 360, 100]);
});

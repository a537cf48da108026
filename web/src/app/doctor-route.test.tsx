import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Finding } from "../api/types";
import { repository } from "../testing/builders";
import { openPage } from "../testing/render";

const PAUSED: Finding = {
  about: "webhook",
  level: "problem",
  what: "The webhook is paused.",
  do: "Call omnilens hooks sync.",
};
const WELL: Finding = { about: "webhook", level: "ok", what: "The webhook is as it should be.", do: null };

const answerOf = (finding: Finding) => ({
  repo: repository,
  at: "2026-11-22T14:03:40Z",
  level: finding.level,
  findings: [finding],
});

async function open(answers: ((method: string) => Response)[]) {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (request: Request) => {
      if (request.url.endsWith("/api/github/status")) return Response.json({ outage: null });
      return (answers.length > 1 ? answers.shift() : answers[0])?.(request.method);
    }),
  );
  const socket = await openPage("/dashboard/api/doctor");
  act(() => socket.open());
}

afterEach(() => vi.unstubAllGlobals());

it("says what is wrong, repairs it when asked to, and looks again", async () => {
  const methods: string[] = [];
  const noted = (body: unknown) => (method: string) => {
    methods.push(method);
    return Response.json(body);
  };
  const done = [{ where: "acme/api", what: "repaired (state)", well: true }];
  await open([noted(answerOf(PAUSED)), noted({ repo: repository, done }), noted(answerOf(WELL))]);
  await screen.findByRole("heading", { name: /1 problem/ });
  fireEvent.click(screen.getByRole("button", { name: "Repair the webhook" }));
  await screen.findByRole("heading", { name: /All is well/ });
  expect(methods).toEqual(["GET", "POST", "GET"]);
  expect(screen.queryByRole("button", { name: "Repair the webhook" })).toBeNull();
});

it("says why a repair was refused", async () => {
  const refusal = { error: "The token may not change webhooks.", code: "github-refused" };
  await open([
    () => Response.json(answerOf(PAUSED)),
    () => Response.json(refusal, { status: 502 }),
    () => Response.json(answerOf(PAUSED)),
  ]);
  fireEvent.click(await screen.findByRole("button", { name: "Repair the webhook" }));
  await screen.findByText("The token may not change webhooks.");
});

it("has nothing to repair where all is well", async () => {
  await open([() => Response.json(answerOf(WELL))]);
  await screen.findByRole("heading", { name: /All is well/ });
  expect(screen.queryByRole("button", { name: "Repair the webhook" })).toBeNull();
});

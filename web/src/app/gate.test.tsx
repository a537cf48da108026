import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reposQuery } from "../api/get-repos";
import { createQueryClient } from "../api/query-client";
import type { Me } from "../api/types";
import { usePerson } from "../features/account/person";
import { problemOf } from "../features/login/problems";
import { Gate } from "./gate";

const alice = { login: "alice", name: "Alice", avatar_url: null, token: false, operator: false };

const answers = new Map<string, [number, unknown]>();
const asked: Request[] = [];

beforeEach(() => {
  answers.clear();
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request);
    const [status, body] = answers.get(new URL(request.url).pathname) ?? [
      404,
      { error: "Nothing.", code: "not-found" },
    ];
    return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

function open(me: Me) {
  answers.set("/api/me", [200, me]);
  const client = createQueryClient();
  render(
    <QueryClientProvider client={client}>
      <Gate>
        <Inside />
      </Gate>
    </QueryClientProvider>,
  );
  return client;
}

function Inside() {
  return <p>the board of {usePerson()?.login ?? "everybody"}</p>;
}

it("lets everybody in where nobody logs in", async () => {
  open({ auth: "none", user: { ...alice, login: "local" }, problem: null });
  await screen.findByText("the board of everybody");
});

it("lets in who is logged in", async () => {
  open({ auth: "github", user: alice, problem: null });
  await screen.findByText("the board of alice");
});

it("shows the login to everybody else, which leads back to where one was", async () => {
  history.replaceState(null, "", "/dashboard/api?date=2026-11-22");
  open({ auth: "github", user: null, problem: null });
  const link = await screen.findByRole("link", { name: "Log in with GitHub" });
  expect(link.getAttribute("href")).toBe("/auth/login?next=%2Fdashboard%2Fapi%3Fdate%3D2026-11-22");
  expect(screen.queryByText(/the board/)).toBeNull();
});

it("says what went wrong, in its own words only", async () => {
  history.replaceState(null, "", "/login?problem=denied");
  open({ auth: "github", user: null, problem: null });
  expect((await screen.findByRole("alert")).textContent).toContain("did not let OmniLens");
  expect(problemOf("Call 0800-EVIL to unlock your account")).toBe("The login failed. Try again.");
  expect(problemOf(null)).toBeNull();
});

it("goes back to the login when the session is over, and forgets what was shown", async () => {
  const client = open({ auth: "github", user: alice, problem: null });
  await screen.findByText("the board of alice");
  client.setQueryData(["live", "secret", "runs"], "something");
  answers.set("/api/repos", [401, { error: "Log in first.", code: "not-logged-in" }]);
  await client.fetchQuery(reposQuery("2026-11-22", "UTC")).catch(() => {});
  await screen.findByRole("link", { name: "Log in with GitHub" });
  expect(client.getQueryData(["live", "secret", "runs"])).toBeUndefined();
});

it("lets a wallboard in by a token, and says what is wrong with one", async () => {
  open({ auth: "proxy", user: null, problem: null });
  const field = await screen.findByLabelText(/wallboards/);
  answers.set("/auth/token", [401, { error: "This access token is none.", code: "invalid-access-token" }]);
  fireEvent.change(field, { target: { value: "olt_wrong" } });
  fireEvent.click(screen.getByRole("button", { name: "Come in" }));
  await screen.findByText("This access token is none.");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  answers.set("/auth/token", [
    200,
    { auth: "proxy", user: { ...alice, login: "hallway", token: true }, problem: null },
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Come in" }));
  await screen.findByText("the board of hallway");
  expect(asked.at(-1)?.method).toBe("POST");
});

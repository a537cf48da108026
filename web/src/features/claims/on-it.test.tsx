import { QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { keys } from "../../api/keys";
import { createQueryClient } from "../../api/query-client";
import type { Claim, Me, RunDetail } from "../../api/types";
import { applyClaim } from "../../realtime/claims";
import { failedRun, makeClaim, passedRun } from "../../testing/builders";
import { MeContext } from "../account/person";
import { OnIt } from "./on-it";

const run = failedRun({ name: "Nightly" });
const NOBODY: Me = { auth: "none", user: null, problem: null };
const mona = (token: boolean): Me => ({
  auth: "github",
  user: { login: "mona", name: null, avatar_url: null, token, operator: false },
  problem: null,
});
let asked: { method: string; body: unknown }[] = [];
let client = createQueryClient();

function show(me: Me, claims: Claim[], runs: RunDetail[] = [run]) {
  client = createQueryClient();
  client.setQueryData(keys.claims("api"), { claims });
  render(
    <QueryClientProvider client={client}>
      <MeContext value={me}>
        <OnIt slug="api" run={run} runs={runs} />
      </MeContext>
    </QueryClientProvider>,
  );
}

beforeAll(() => import("./claim-popover"));

beforeEach(() => {
  asked = [];
  localStorage.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const body = request.method === "PUT" ? await request.json() : null;
    asked.push({ method: request.method, body });
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    return Response.json(makeClaim({ name: body?.name ?? "mona", login: body?.name ? null : "mona" }));
  });
});

const button = () => screen.getByTestId("on-it");

it("is one press where one is known, and keeps the place of whoever pressed", async () => {
  show(mona(false), []);
  const before = button();
  await act(async () => fireEvent.click(before));
  await screen.findByText("mona");
  expect(button()).toBe(before);
  expect(asked).toEqual([{ method: "PUT", body: { name: null } }]);
  expect(screen.getByRole("status").textContent).toBe("Nightly: mona is on it");
});

it("asks for a name once where nobody logs in", async () => {
  show(NOBODY, []);
  await act(async () => fireEvent.click(button()));
  fireEvent.change(await screen.findByLabelText("Your name"), { target: { value: "Maria" } });
  await act(async () => fireEvent.click(screen.getAllByText("I'm on it").at(-1) as HTMLElement));
  await screen.findByText("Maria");
  expect(asked).toEqual([{ method: "PUT", body: { name: "Maria" } }]);
  expect(localStorage.getItem("omnilens-name")).toBe("Maria");
});

it("lets whoever is on it take it back, and others take it over", async () => {
  show(mona(false), [makeClaim({ name: "tom", login: "tom" })]);
  await act(async () => fireEvent.click(button()));
  expect(screen.queryByText("Take back")).toBeNull();
  await act(async () => fireEvent.click(screen.getByText("Take over")));
  await act(async () => fireEvent.click(button()));
  await act(async () => fireEvent.click(await screen.findByText("Take back")));
  expect(asked.map(({ method }) => method)).toEqual(["PUT", "DELETE"]);
  expect(button().textContent).toBe("I'm on it");
});

it("only shows it to access tokens, and does not tell what was there before", () => {
  show(mona(true), [makeClaim()]);
  expect(screen.getByRole("status").textContent).toBe("");
  expect(button().textContent).toContain("Maria is on it");
  expect(button()).toHaveProperty("disabled", true);
});

it("says nothing of what is fixed, before the server says so", () => {
  show(mona(false), [makeClaim()], [run, passedRun({ id: 2 })]);
  expect(screen.queryByTestId("on-it")).toBeNull();
});

it("says it when somebody else is on it, or nobody any more", async () => {
  show(mona(false), []);
  const place = { repoSlug: "api", workflow_id: 10, branch: "main" };
  act(() => applyClaim(client, { ...place, claim: makeClaim() }));
  await screen.findByText("Nightly: Maria is on it");
  act(() => applyClaim(client, { ...place, claim: null }));
  await screen.findByText("Nightly: nobody is on it any more");
});

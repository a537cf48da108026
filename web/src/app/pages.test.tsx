import { act, screen, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  at,
  failedRun,
  makeAnswer,
  makeHistory,
  makeJob,
  makeList,
  makeProgress,
  makeRun,
  makeStep,
  passedRun,
  repository,
  runUpdate,
} from "../testing/builders";
import type { FakeSocket } from "../testing/fake-socket";
import { openPage } from "../testing/render";

const asked = vi.fn();
const answers = new Map<string, { status: number; body: unknown }>();

const answer = (path: string, body: unknown, status = 200) => answers.set(path, { status, body });

async function respond(request: Request): Promise<Response> {
  const url = new URL(request.url);
  asked(`${url.pathname}${url.search}`);
  const { status, body } = answers.get(url.pathname) ?? { status: 404, body: { error: "Unknown.", code: "not-found" } };
  return Response.json(body, { status, headers: { Date: new Date(at("09:12")).toUTCString() } });
}

let socket: FakeSocket;

async function open(path: string) {
  socket = await openPage(path);
  act(() => socket.open());
}

/** The server takes part in the conversation: it confirms the newest subscription. */
function confirmSubscription(seq: number) {
  const [, , confirm] = socket.sent.findLast(([event]) => event === "subscribe-repo") as [
    string,
    unknown,
    (a: unknown) => void,
  ];
  act(() => confirm({ ok: true, slug: "api", seq, epoch: "e1", updates: [] }));
}

// Loaded beforehand, for the first import of a part may take longer than a test waits.
beforeAll(() => Promise.all([import("./home-route"), import("./dashboard-route"), import("./run-route")]));

beforeEach(() => {
  asked.mockClear();
  answers.clear();
  vi.stubGlobal("fetch", respond);
});

describe("the dashboard of a repository", () => {
  it("shows a card for each workflow, and changes it with a live update without asking the server again", async () => {
    answer(
      "/api/repos/api/runs",
      makeList([failedRun(), passedRun({ id: 2, workflow_id: 11, name: "Lint" })], { seq: 5 }),
    );
    await open("/dashboard/api");
    const cards = await screen.findAllByTestId("workflow-card");
    expect(cards.map((card) => [card.querySelector("h3")?.textContent, card.dataset.state])).toEqual([
      ["CI", "failure"],
      ["Lint", "success"],
    ]);
    expect(document.title).toBe("1 broken · acme/api · OmniLens");

    const proof = screen.getByTestId("proof");
    expect(proof.textContent).toBe("acme/api: Not proven yet");
    confirmSubscription(5);
    expect(proof.textContent).toMatch(/^acme\/api: Gap-free since \d\d:\d\d · no update yet$/);
    const before = asked.mock.calls.length;
    const again = passedRun({ id: 3, run_started_at: at("09:10"), updated_at: at("09:11") });
    await act(async () => socket.trigger("workflow-update", runUpdate(again, 6)));
    expect(screen.getAllByTestId("workflow-card").map((card) => card.dataset.state)).toEqual(["success", "success"]);
    expect(document.title).toBe("acme/api · OmniLens");
    expect(proof.textContent).toMatch(/Gap-free since .* · last update .* ago$/);
    expect(asked.mock.calls.length).toBe(before);
  });

  it("says at once that the connection failed, greys what is shown, and is whole again afterwards", async () => {
    answer("/api/repos/api/runs", makeList([passedRun()]));
    await open("/dashboard/api");
    await screen.findAllByTestId("workflow-card");
    confirmSubscription(0);
    expect(screen.getByTestId("proof").textContent).toContain("Gap-free");
    act(() => socket.lose("transport close"));
    expect(screen.getByTestId("websocket-error").textContent).toContain("Real-time connection failed");
    expect(screen.getByRole("main").className).toContain("is-old");
    expect(screen.getByTestId("connection-state").textContent).toContain("as of");
    expect(screen.getByTestId("proof").textContent).toMatch(/^acme\/api: Unproven since \d\d:\d\d$/);
    act(() => socket.open());
    expect(screen.queryByTestId("websocket-error")).toBeNull();
    expect(screen.getByRole("main").className).not.toContain("is-old");
  });

  it("claims nothing of a repository while the device is offline, even before the socket notices", async () => {
    answer("/api/repos/api/runs", makeList([passedRun()]));
    await open("/dashboard/api");
    await screen.findAllByTestId("workflow-card");
    confirmSubscription(0);
    act(() => window.dispatchEvent(new Event("offline")));
    expect(screen.getByTestId("proof").textContent).toContain("Unproven since");
  });

  it("shows today where the address asks for a day that does not exist", async () => {
    answer("/api/repos/api/runs", makeList([passedRun()]));
    await open("/dashboard/api?date=2026-99-99");
    await screen.findAllByTestId("workflow-card");
    expect(asked.mock.calls.flat().join()).not.toContain("2026-99-99");
  });

  it("asks for the day in the address", async () => {
    answer("/api/repos/api/runs", makeList([passedRun()]));
    await open("/dashboard/api?date=2026-11-20");
    await screen.findAllByTestId("workflow-card");
    expect(asked.mock.calls.flat().join()).toContain("date=2026-11-20");
  });

  it("explains what it does not know, in the server's words", async () => {
    answer("/api/repos/nope/runs", { error: "No repository is called nope.", code: "repository-not-found" }, 404);
    await open("/dashboard/nope");
    expect((await screen.findByRole("alert")).textContent).toBe("No repository is called nope.");
    expect(screen.getByRole("link", { name: "All repositories" })).toBeTruthy();
  });
});

describe("a day of the past", () => {
  const PATH = "/api/repos/api/runs";
  const of = (history: ReturnType<typeof makeHistory>, runs = [passedRun()]) =>
    makeList(runs, { date: "2026-11-10", history });
  const timesAsked = () => asked.mock.calls.flat().filter((path) => String(path).startsWith(PATH)).length;

  it("says how far it is, and has the rest when it is there", async () => {
    answer(PATH, of(makeHistory(), []));
    await open("/dashboard/api?date=2026-11-10");
    const note = await screen.findByTestId("history-note");
    const bar = within(note).getByRole("progressbar", { name: "Runs fetched from GitHub" });
    expect(bar.hasAttribute("value")).toBe(false);
    expect(within(note).getByRole("status").textContent).toBe("This day is being fetched from GitHub");
    expect(screen.queryByText("No runs that day")).toBeNull();
    confirmSubscription(0); // what was told before that would be lost, so it asks once more
    await vi.waitFor(() => {
      act(() => socket.trigger("history-progress", makeProgress({ done: 1200, total: 2500 })));
      expect(note.textContent).toContain("1,200 of 2,500 runs");
    });
    expect([bar.getAttribute("value"), bar.getAttribute("max")]).toEqual(["1200", "2500"]);
    expect(timesAsked()).toBe(2);

    answer(PATH, of(makeHistory({ state: "complete", done: 2500, total: 2500 })));
    act(() => socket.trigger("history-progress", makeProgress({ state: "complete", done: 2500, total: 2500 })));
    expect(await screen.findByTestId("workflow-card")).toBeTruthy();
    expect(screen.queryByTestId("history-note")).toBeNull();
    expect(timesAsked()).toBe(3);
  });

  it("is fetched again when a run of another day was run again on it, and for nothing else", async () => {
    answer(PATH, of(makeHistory({ state: "complete", done: 1, total: 1 })));
    await open("/dashboard/api?date=2026-11-10");
    await screen.findByTestId("workflow-card");
    confirmSubscription(0);
    const other = { date: "2026-10-20", state: "complete" as const };
    act(() => socket.trigger("history-progress", makeProgress(other)));
    act(() => socket.trigger("history-progress", makeProgress({ ...other, touched: ["2026-11-10"] })));
    await vi.waitFor(() => expect(timesAsked()).toBe(2));
    await act(async () => {});
    expect(timesAsked()).toBe(2);
  });

  it("says why it is not whole, and when GitHub is asked again", async () => {
    const reason = "GitHub's rate limit is reached; it is not called before 09:12:03 UTC.";
    const retryAt = at("09:42");
    answer(PATH, of(makeHistory({ state: "failed", reason, retryAt })));
    await open("/dashboard/api?date=2026-11-10");
    const note = await screen.findByTestId("history-note");
    expect(note.textContent).toContain(`This day may not be whole. ${reason} GitHub is asked again at`);
    expect(screen.getByTestId("workflow-card")).toBeTruthy();
  });

  it("says what a token would add", async () => {
    answer(PATH, of(makeHistory({ state: "none", reason: "With GITHUB_TOKEN it would fetch the rest." }), []));
    await open("/dashboard/api?date=2026-11-10");
    expect((await screen.findByTestId("history-note")).textContent).toBe("With GITHUB_TOKEN it would fetch the rest.");
    expect(screen.getByRole("heading", { name: "No runs that day" })).toBeTruthy();
  });
});

describe("the board", () => {
  const card = { ...repository, overview: {}, seq: 0, last_event_at: null };

  it("adds up all repositories and names what is broken and what runs", async () => {
    answer("/api/repos", { repos: [card], epoch: "e1" });
    const job = makeJob({ name: "unit", status: "completed", conclusion: "failure" });
    answer(
      "/api/repos/api/runs",
      makeList([failedRun({ jobs: [job] }), makeRun({ id: 2, workflow_id: 11, name: "Docs" })]),
    );
    await open("/");
    expect((await screen.findByTestId("repo-broken")).textContent).toContain("Failed at unit");
    expect(screen.getByTestId("repo-running").textContent).toContain("Docs");
    expect(screen.getByTestId("figure-broken").querySelector("dd")?.textContent).toBe("1");
    expect(within(screen.getByTestId("repo-card")).getByTestId("proof").textContent).toBe("acme/api: Not proven yet");
    confirmSubscription(0);
    expect(screen.getByTestId("proof").textContent).toContain("acme/api: Gap-free since");
    expect(screen.getByTestId("figure-passed").querySelector("dd")?.textContent).toBe("0 %");
  });

  it("says how to begin where there is no repository", async () => {
    answer("/api/repos", { repos: [], epoch: "e1" });
    await open("/");
    expect(await screen.findByText("OMNILENS_REPOSITORIES=owner/name")).toBeTruthy();
  });

  it("waits for a repository's first delivery", async () => {
    answer("/api/repos", { repos: [card], epoch: "e1" });
    answer("/api/repos/api/runs", makeList());
    await open("/");
    expect((await screen.findByTestId("repo-card")).textContent).toContain("api");
    expect(await screen.findByText("Waiting for its first delivery today")).toBeTruthy();
  });
});

it("a run shows its jobs, and opens the one that broke", async () => {
  const broken = makeJob({
    name: "unit",
    status: "completed",
    conclusion: "failure",
    completed_at: at("09:04"),
    steps: [makeStep({ name: "pytest", status: "completed", conclusion: "failure" })],
  });
  const fine = makeJob({ id: 1, name: "lint", status: "completed", conclusion: "success", completed_at: at("09:02") });
  const run = failedRun({ jobs: [fine, broken] });
  answer("/api/repos/api/runs/1", makeAnswer(run));
  answer("/api/repos/api/runs", makeList([run]));
  await open("/dashboard/api/runs/1");
  const jobs = await screen.findAllByTestId("run-job");
  expect(jobs.map((job) => job.dataset.state)).toEqual(["success", "failure"]);
  expect(screen.getAllByTestId("run-step").map((step) => step.textContent)).toEqual(["Failedpytest2 s"]);
  expect(document.title).toBe("● CI failed · OmniLens");
});

import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { keys } from "../../api/keys";
import { createQueryClient } from "../../api/query-client";
import type { KeptMarks, Me } from "../../api/types";
import * as toasts from "../../components/toast-manager";
import { type Marks, NO_MARKS } from "../../lib/marks";
import { changeMarks, dropMarks, marksOf } from "../../lib/use-marks";
import { MeContext } from "../account/person";
import { useMarkingOf } from "./marking";

const mona = (token = false): Me => ({
  auth: "github",
  user: { login: "mona", name: null, avatar_url: null, token, operator: false },
  problem: null,
});
const NOBODY: Me = { auth: "none", user: mona().user, problem: null };

let kept: KeptMarks;
let asked: string[];
/** What another page does before an answer to PUT, once. */
let meanwhile: (() => void) | null;
let down: boolean;

const refuse = (status: number, code: string) => Response.json({ error: `No: ${code}.`, code }, { status });
const pin =
  (...pinned: string[]) =>
  (marks: Marks): Marks => ({ ...marks, pinned: [...marks.pinned, ...pinned] });

beforeEach(() => {
  kept = { marks: NO_MARKS, version: 0 };
  asked = [];
  meanwhile = null;
  down = false;
  localStorage.clear();
  dropMarks("api");
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request.method);
    if (down) return refuse(503, "unavailable");
    if (request.method === "PUT") {
      const wanted: KeptMarks = await request.json();
      meanwhile?.();
      meanwhile = null;
      if (wanted.version !== kept.version) return refuse(409, "marks-changed");
      kept = { marks: wanted.marks, version: kept.version + 1 };
    }
    return Response.json(kept);
  });
});

function shown(me: Me) {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <MeContext value={me}>{children}</MeContext>
    </QueryClientProvider>
  );
  return { client, ...renderHook(() => useMarkingOf("api"), { wrapper }) };
}

it("keeps them in the account where somebody is logged in, and shows them before that is done", async () => {
  const { result } = shown(mona());
  expect(result.current).toMatchObject({ inAccount: true, isPending: true });
  await waitFor(() => expect(result.current.isPending).toBe(false));
  act(() => result.current.change(pin("CI")));
  await waitFor(() => expect(result.current.marks.pinned).toEqual(["CI"]));
  act(() => result.current.change(pin("Deploy")));
  await waitFor(() => expect(kept).toEqual({ marks: { ...NO_MARKS, pinned: ["CI", "Deploy"] }, version: 2 }));
  expect(marksOf("api")).toBe(NO_MARKS);
});

it.each([
  ["nobody logs in", NOBODY],
  ["an access token looks", mona(true)],
])("keeps them in the browser where %s", (_, me) => {
  const { result } = shown(me);
  act(() => result.current.change(pin("CI")));
  expect(result.current).toMatchObject({ inAccount: false, isPending: false, marks: { pinned: ["CI"] } });
  expect(marksOf("api").pinned).toEqual(["CI"]);
  expect(asked).toEqual([]);
});

it("brings what was marked in this browser along, once", async () => {
  changeMarks("api", pin("CI"));
  kept = { marks: { ...NO_MARKS, pinned: ["Deploy"] }, version: 3 };
  const first = shown(mona());
  await waitFor(() => expect(first.result.current.marks.pinned).toEqual(["CI", "Deploy"]));
  expect(kept.version).toBe(4);
  expect(marksOf("api")).toBe(NO_MARKS);
  const again = shown(mona());
  await waitFor(() => expect(again.result.current.marks.pinned).toEqual(["CI", "Deploy"]));
  expect(asked).toEqual(["GET", "PUT", "GET"]);
});

it("makes a change anew where another page was faster, so that neither is lost", async () => {
  const { result } = shown(mona());
  await waitFor(() => expect(result.current.isPending).toBe(false));
  meanwhile = () => {
    kept = { marks: { ...NO_MARKS, hidden: ["Stale"] }, version: 1 };
  };
  act(() => result.current.change(pin("CI")));
  await waitFor(() => expect(kept.version).toBe(2));
  expect(kept.marks).toMatchObject({ pinned: ["CI"], hidden: ["Stale"] });
  await waitFor(() => expect(result.current.marks).toEqual(kept.marks));
});

it("says what could not be kept, and shows it no more", async () => {
  const say = vi.spyOn(toasts, "say");
  const { result } = shown(mona());
  await waitFor(() => expect(result.current.isPending).toBe(false));
  down = true;
  act(() => result.current.change(pin("CI")));
  await waitFor(() => expect(say).toHaveBeenCalledWith("marks api", "It could not be kept", "No: unavailable."));
  await waitFor(() => expect(result.current.marks).toEqual(NO_MARKS));
});

it("shows the board without them where they cannot be had", async () => {
  down = true;
  const { result } = shown(mona());
  await waitFor(() => expect(result.current).toMatchObject({ isPending: false, marks: NO_MARKS }));
});

it("looks again when somebody comes back to it, and never goes back to what is older", async () => {
  const { client, result } = shown(mona());
  await waitFor(() => expect(result.current.isPending).toBe(false));
  kept = { marks: { ...NO_MARKS, grouped: true }, version: 5 };
  act(() => void document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await waitFor(() => expect(result.current.marks.grouped).toBe(true));
  kept = { marks: NO_MARKS, version: 4 };
  await act(() => client.invalidateQueries({ queryKey: keys.marks("api") }));
  expect(result.current.marks.grouped).toBe(true);
});

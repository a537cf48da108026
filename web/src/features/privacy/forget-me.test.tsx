import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { createQueryClient } from "../../api/query-client";
import { ForgetMe } from "./forget-me";

const open = (answer: () => Response) => {
  const methods: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    methods.push(`${request.method} ${new URL(request.url).pathname}`);
    return answer();
  });
  const forgotten = vi.fn();
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ForgetMe onForgotten={forgotten} />
    </QueryClientProvider>,
  );
  return { forgotten, methods };
};

it("asks before it forgets", async () => {
  const { forgotten, methods } = open(() => new Response(null, { status: 204 }));
  fireEvent.click(screen.getByRole("button", { name: "Forget me…" }));
  expect(methods).toEqual([]);
  fireEvent.click(await screen.findByRole("button", { name: "Forget me" }));
  await vi.waitFor(() => expect(forgotten).toHaveBeenCalledOnce());
  expect(methods).toEqual(["POST /api/me/forget"]);
});

it("says why it did not", async () => {
  const refusal = { error: "The database cannot be reached now.", code: "unavailable" };
  const { forgotten } = open(() => Response.json(refusal, { status: 503 }));
  fireEvent.click(screen.getByRole("button", { name: "Forget me…" }));
  fireEvent.click(await screen.findByRole("button", { name: "Forget me" }));
  await screen.findByText("The database cannot be reached now.");
  expect(forgotten).not.toHaveBeenCalled();
});

import { act, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { go } from "../routing/address";
import { CatchCrashes } from "./pages";

function Fragile({ broken }: { broken: boolean }) {
  if (broken) throw new Error("no such workflow");
  return <p>All is well</p>;
}

it("says that a page broke, and gives the next one its chance", () => {
  vi.spyOn(console, "error").mockImplementation(() => {}); // React tells of it there
  history.replaceState(null, "", "/dashboard/api");
  const { rerender } = render(<Fragile broken />, { wrapper: CatchCrashes });
  expect(screen.getByRole("alert").textContent).toContain("Reloading usually helps");
  expect(screen.getByText("Error: no such workflow")).toBeTruthy();
  rerender(<Fragile broken={false} />);
  expect(screen.queryByText("All is well")).toBeNull();
  act(() => go("/"));
  expect(screen.getByText("All is well")).toBeTruthy();
});

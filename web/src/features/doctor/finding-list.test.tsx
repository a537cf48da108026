import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Finding } from "../../api/types";
import { FindingList } from "./finding-list";
import { summaryOf } from "./findings";

const finding = (level: Finding["level"], what: string, todo: string | null = null): Finding => ({
  about: "webhook",
  level,
  what,
  do: todo,
});

const FINDINGS = [
  finding("ok", "The webhook is there."),
  finding("warning", "The token expires soon.", "Make a new one."),
  finding("note", "Two secrets are valid."),
  finding("problem", "The webhook is paused.", "Call omnilens hooks resume."),
];

it("shows what needs somebody first, and what to do", () => {
  render(<FindingList findings={FINDINGS} />);
  const items = screen.getAllByTestId("finding");
  expect(items.map((item) => item.dataset.level)).toEqual(["problem", "warning", "note", "ok"]);
  expect(items[0]?.textContent).toContain("Problem: The webhook is paused.Call omnilens hooks resume.");
});

it.each([
  ["problems and warnings", FINDINGS, "1 problem, 1 warning"],
  ["several", [...FINDINGS, ...FINDINGS], "2 problems, 2 warnings"],
  ["nothing bad", [finding("ok", "Fine."), finding("note", "By the way.")], "All is well"],
])("counts %s", (_, findings, said) => expect(summaryOf(findings)).toBe(said));

import { expect, it } from "vitest";
import { badgeMarkdown, badgePath } from "./badge-address";

it("is an address of the repository's or a workflow's badge", () => {
  expect(badgePath("api", "")).toBe("/badge/api.svg");
  expect(badgePath("api", "CI & more")).toBe("/badge/api.svg?workflow=CI+%26+more");
});

it("is Markdown that leads to the board, whatever a workflow is called", () => {
  expect(badgeMarkdown("https://ci.example.com", "api", "acme/api", "")).toBe(
    "[![acme/api](https://ci.example.com/badge/api.svg)](https://ci.example.com/dashboard/api)",
  );
  expect(badgeMarkdown("https://x.org", "api", "acme/api", "E2E [a](b)")).toBe(
    "[![acme/api E2E \\[a\\](b)](https://x.org/badge/api.svg?workflow=E2E+%5Ba%5D%28b%29)](https://x.org/dashboard/api)",
  );
});

import { expect, it } from "vitest";
import { matches, problemOf } from "./written-name";

it.each([
  "octo-org/octo-repo",
  " octo-org/octo-repo.git ",
  "github.com/octo-org/octo-repo",
  "https://github.com/octo-org/octo-repo/actions/runs/5?x=1#y",
  "https://git.corp.example:8443/octo-org/octo-repo",
  "git@github.com:octo-org/octo-repo.git",
  "ssh://git@github.com/octo-org/octo-repo",
])("has nothing against %s", (text) => {
  expect(problemOf(text)).toBeNull();
});

it.each([
  ["octo-repo", /Write owner\/name/],
  ["octo-org/", /Write owner\/name/],
  ["https://github.com/octo-org", /Write owner\/name/],
  ["octo org/octo-repo", /no spaces/],
  ["-octo/repo", /“-octo” cannot be an owner/],
  ["octo/..", /cannot be a repository/],
  ["octo/répo", /English alphabet/],
  [`octo/${"x".repeat(101)}`, /“x{39}…” cannot be a repository/],
])("says what is wrong with %s", (text, sentence) => {
  expect(problemOf(text)).toMatch(sentence);
});

it("finds what is meant by a part of it", () => {
  expect(matches("Octo-Org/Tool", "org/to")).toBe(true);
  expect(matches("Octo-Org/Tool", "web")).toBe(false);
});

const PROBLEMS: Record<string, string> = {
  expired: "This login took too long, or was begun in another window. Try again.",
  denied: "You did not let OmniLens log you in at GitHub.",
  "not-allowed": "GitHub knows you, but you may not use this board. Ask whoever runs it to let you in.",
  refused: "GitHub refused the login. Whoever runs this board finds in its log what GitHub said.",
  unreachable: "GitHub could not be reached to log you in. Try again in a moment.",
};

/** What to tell somebody whose login failed. The address says which of a few things it was, never the words. */
export const problemOf = (why: string | null): string | null =>
  why === null ? null : (PROBLEMS[why] ?? "The login failed. Try again.");

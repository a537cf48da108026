import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "../../api/client";
import { keys } from "../../api/keys";

interface Wish {
  /** Nothing takes back what was decided. */
  live: string | null;
  /** Nothing for all repositories. */
  repo: string | null;
  why: string;
}

/** Decides who has live updates; what counts then is shown at once. */
export function useDecide(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wish: Wish) =>
      unwrap(await client.PUT("/api/flags", { body: { ...wish, why: wish.why.trim() } })),
    onSuccess: (answer) => {
      onDone();
      queries.setQueryData(keys.flags, answer);
    },
  });
}

export const decideTrouble = (error: Error | null): string =>
  error ? error.message || "The server did not answer. Try again." : "";

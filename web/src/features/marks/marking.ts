import { useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useMemo } from "react";
import { keys } from "../../api/keys";
import { say } from "../../components/toast-manager";
import { type Marks, NO_MARKS } from "../../lib/marks";
import { changeMarks, useMarks } from "../../lib/use-marks";
import { usePerson } from "../account/person";
import { keepChange, type MarkChange, marksQuery } from "./account-marks";

export interface Marking {
  marks: Marks;
  change: (change: MarkChange) => void;
  /** Whether they follow an account, and not a browser. */
  inAccount: boolean;
  /** Nothing is known of them yet. */
  isPending: boolean;
}

export const MarkingContext = createContext<Marking>({
  marks: NO_MARKS,
  change: () => {},
  inAccount: false,
  isPending: false,
});

/** What the viewer has marked on the board that is shown. */
export const useMarking = (): Marking => useContext(MarkingContext);

/** The marks of a repository: the account's where somebody is logged in, else this browser's. */
export function useMarkingOf(slug: string): Marking {
  const person = usePerson();
  const inAccount = person !== null && !person.token;
  const own = useMarks(slug);
  const account = useAccountMarks(slug, inAccount);
  const changeOwn = useCallback((change: MarkChange) => changeMarks(slug, change), [slug]);
  const { marks, change, isPending } = inAccount ? account : { marks: own, change: changeOwn, isPending: false };
  return useMemo(() => ({ marks, change, inAccount, isPending }), [marks, change, inAccount, isPending]);
}

function useAccountMarks(slug: string, enabled: boolean) {
  const queries = useQueryClient();
  const { data, isPending } = useQuery({ ...marksQuery(slug), enabled });
  const mutationKey = keys.marks(slug);
  const { mutate } = useMutation({
    mutationKey,
    // One after the other: each is made of what the one before has left.
    scope: { id: mutationKey.join(" ") },
    networkMode: "always",
    mutationFn: (change: MarkChange) => keepChange(queries, slug, change),
    onError: ({ message }) => say(`marks ${slug}`, "It could not be kept", message),
  });
  const underWay = useMutationState({
    filters: { mutationKey, status: "pending" },
    select: ({ state }) => state.variables as MarkChange,
  });
  // Shown at once, and not any more if it could not be kept.
  const marks = useMemo(
    () => underWay.reduce((marks, change) => change(marks), data?.marks ?? NO_MARKS),
    [data, underWay],
  );
  return { marks, change: mutate, isPending };
}

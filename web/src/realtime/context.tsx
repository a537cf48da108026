import { createContext, type ReactNode, useContext, useEffect } from "react";
import type { Away } from "./away";
import { type Connection, useConnectionState, useDownSince, usePhaseOf } from "./connection-state";
import { type Notifications, useAwayOf, useUnreadOf } from "./notifications";
import { useToldOf } from "./operations";
import { type Proof, type ShownUpdate, suspended } from "./proof";
import { useLastOf, useProofOf } from "./proofs";
import type { Realtime } from "./realtime";

const RealtimeContext = createContext<Realtime | null>(null);

export function RealtimeProvider({ realtime, children }: { realtime: Realtime; children: ReactNode }) {
  useEffect(() => realtime.start(), [realtime]);
  return <RealtimeContext value={realtime}>{children}</RealtimeContext>;
}

function useRealtime(): Realtime {
  const realtime = useContext(RealtimeContext);
  if (!realtime) throw new Error("RealtimeProvider is missing");
  return realtime;
}

/** Keeps everything on display about these repositories up to date while the component is shown. */
export function useLiveRepos(slugs: readonly string[]): void {
  const { subscriptions } = useRealtime();
  const names = slugs.join("\n");
  useEffect(() => {
    const watched = names.split("\n").filter(Boolean);
    const releases = watched.map((slug) => subscriptions.watch(slug));
    return () => {
      for (const release of releases) release();
    };
  }, [subscriptions, names]);
}

/** What is proven of a repository: nothing while the connection is down, whatever the socket may still bring. */
export function useProof(slug: string): Proof {
  const { proofs, state } = useRealtime();
  const proof = useProofOf(proofs, slug);
  const downSince = useDownSince(state);
  return downSince === null ? proof : suspended(proof, downSince);
}

/** The last update of a run that this page was sent. */
export const useLastUpdate = (slug: string, runId: number): ShownUpdate | undefined =>
  useLastOf(useRealtime().proofs, slug, runId);

/** What the viewer was told, and what they can do about it. */
export const useNotifications = (): Notifications => useRealtime().notifications;
export const useUnread = (): number => useUnreadOf(useRealtime().notifications);
export const useAway = (): Away | null => useAwayOf(useRealtime().notifications);

/** Whether everything about the server itself comes live; asks for it while the component is shown. */
export function useOperations(): boolean {
  const { operations } = useRealtime();
  useEffect(() => operations.look(), [operations]);
  return useToldOf(operations);
}

export const useConnection = (): Connection => useConnectionState(useRealtime().state);
export const usePhase = (): Connection["phase"] => usePhaseOf(useRealtime().state);
export const useRetryNow = (): (() => void) => useRealtime().connection.retryNow;

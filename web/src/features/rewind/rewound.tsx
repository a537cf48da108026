import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { rewindQuery } from "../../api/get-rewind";
import type { Rewind, RunList } from "../../api/types";
import { browserZone, dateOf } from "../../lib/day";
import { serverClock } from "../../lib/server-clock";
import { instant } from "../../lib/time";
import { ClockContext } from "../../lib/use-clock";
import { countAt, listAfter, momentsOf, neighbour } from "../../realtime/recording";
import { Player } from "./player";
import { RewindBar } from "./rewind-bar";
import { useKeys } from "./use-keys";

/** A drag through half an hour is one step, not a thousand. */
const SETTLED_FOR = 300;

export interface Rewound {
  /** Nothing before it is here. */
  list: RunList | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => void;
}

interface RewoundBoardProps {
  slug: string;
  /** The moment in the address. */
  at: string;
  /** Have another one in the address; nothing for live. */
  onAt: (at: string | undefined) => void;
  children: (rewound: Rewound) => ReactNode;
}

/** A board as it was at a moment: everything in it goes by that moment's clock. */
export default function RewoundBoard({ slug, at, onAt, children }: RewoundBoardProps) {
  const tz = browserZone();
  const { data, error, isPending, refetch } = useQuery(rewindQuery(slug, tz));
  const player = usePlayer(at, onAt);
  const recording = useWithin(data, player);
  usePlayerKeys(player, recording, () => onAt(undefined));
  const list = useListAt(recording, player);
  return (
    <>
      <RewindBar player={player} recording={recording} onLive={() => onAt(undefined)} />
      <ClockContext value={player}>{children({ list, error, isPending, refetch: () => void refetch() })}</ClockContext>
    </>
  );
}

/** It follows the address, and the address follows it once it has come to rest. */
function usePlayer(at: string, onAt: (at: string | undefined) => void): Player {
  const told = useRef(onAt);
  told.current = onAt;
  const written = useRef(at);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [player] = useState(
    () =>
      new Player(Math.min(instant(at), serverClock.live()), () => serverClock.live(), {
        settled: (moment) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            written.current = new Date(moment).toISOString();
            told.current(written.current);
          }, SETTLED_FOR);
        },
        caughtUp: () => told.current(undefined),
      }),
  );
  useEffect(() => {
    if (at === written.current) return;
    written.current = at;
    player.seek(instant(at));
  }, [at, player]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      player.close();
    },
    [player],
  );
  return player;
}

/** What lies before a recording cannot be shown, whoever asks for it. */
function useWithin(recording: Rewind | undefined, player: Player): Rewind | undefined {
  const begins = recording && instant(recording.begins_at);
  useEffect(() => {
    if (begins !== undefined && player.now() < begins) player.seek(begins);
  }, [begins, player]);
  return recording;
}

function useListAt(recording: Rewind | undefined, player: Player): RunList | undefined {
  const tz = browserZone();
  const date = useSyncExternalStore(player.subscribe, () => dateOf(player.now(), tz));
  const count = useSyncExternalStore(player.subscribe, () =>
    recording ? countAt(momentsOf(recording), player.now()) : 0,
  );
  return useMemo(() => recording && listAfter(recording, count, date), [recording, count, date]);
}

function usePlayerKeys(player: Player, recording: Rewind | undefined, onLive: () => void): void {
  const live = useRef(onLive);
  live.current = onLive;
  const keys = useMemo(() => {
    const begins = recording ? instant(recording.begins_at) : Number.NEGATIVE_INFINITY;
    const to = (moment: number) => player.seek(Math.max(begins, moment));
    return {
      onStep: (step: 1 | -1) => {
        const next = recording && neighbour(momentsOf(recording), player.now(), step);
        to(next ?? (step > 0 ? serverClock.live() : begins));
      },
      onBy: (ms: number) => to(player.now() + ms),
      onBeginning: () => to(begins),
      onEnd: () => to(serverClock.live()),
      onToggle: () => player.toggle(),
      onLive: () => live.current(),
    };
  }, [player, recording]);
  useKeys(keys);
}

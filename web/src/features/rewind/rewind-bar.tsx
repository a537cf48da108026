import { type ReactNode, useMemo, useSyncExternalStore } from "react";
import type { Rewind } from "../../api/types";
import { Button, ICON_BUTTON } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { age, instant, timeOfDay } from "../../lib/time";
import { useLiveClock } from "../../lib/use-clock";
import { countAt, failuresOf, momentsOf } from "../../realtime/recording";
import { type Player, SPEEDS } from "./player";

interface RewindBarProps {
  player: Player;
  /** Nothing before it is here. */
  recording: Rewind | undefined;
  onLive: () => void;
}

const wholeSecond = (now: number): number => Math.floor(now / 1000) * 1000;

function usePlayerValue<T extends number | boolean>(player: Player, read: () => T): T {
  return useSyncExternalStore(player.subscribe, read);
}

/** Says that the page is not of now, and has the controls to move through the last half hour. */
export function RewindBar({ player, recording, onLive }: RewindBarProps) {
  const at = usePlayerValue(player, () => player.now());
  const now = useLiveClock(wholeSecond);
  const newer = recording ? recording.updates.length - countAt(momentsOf(recording), at) : 0;
  const playing = usePlayerValue(player, () => player.playing);
  const ago = age(now - at);
  return (
    <section aria-label="Rewind" data-testid="rewind" className="sticky top-0 z-20 border-b bg-bg">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 bg-ink px-4 py-1.5 text-bg sm:px-6">
        <Icon name="rewind" />
        {/* Its first words are read out once; what ticks is the slider's value. */}
        <p role="status" className="font-semibold">
          Rewound, not live
        </p>
        <p className="tabular-nums" data-testid="rewound-to">
          <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>, {ago} ago
          {recording && (
            <>
              {" "}
              · <span data-testid="newer">{newer} newer</span>
            </>
          )}
        </p>
        <Button className="ml-auto" onClick={onLive}>
          Back to live
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 px-4 py-1.5 sm:flex-nowrap sm:px-6">
        <button
          type="button"
          aria-label={playing ? "Pause" : "Play"}
          title={playing ? "Pause (Space)" : "Play (Space)"}
          onClick={() => player.toggle()}
          className={ICON_BUTTON}
        >
          <Icon name={playing ? "pause" : "play"} size={13} />
        </button>
        <Speeds player={player} />
        {recording ? (
          <Scrubber
            recording={recording}
            at={at}
            now={now}
            text={`${timeOfDay(at)}, ${ago} ago, ${newer} newer ${newer === 1 ? "update" : "updates"}`}
            onSeek={(moment) => player.seek(moment)}
          />
        ) : (
          <span className="skeleton h-4 flex-1" />
        )}
      </div>
    </section>
  );
}

function Speeds({ player }: { player: Player }) {
  const speed = usePlayerValue(player, () => player.speed);
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">Speed</legend>
      {SPEEDS.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={speed === each}
          aria-label={`${each} times as fast`}
          onClick={() => player.setSpeed(each)}
          className={`h-7 rounded-md px-1.5 text-small tabular-nums ${speed === each ? "bg-sunken font-medium text-ink" : "text-muted hover:bg-sunken"}`}
        >
          {each}×
        </button>
      ))}
    </fieldset>
  );
}

interface ScrubberProps {
  recording: Rewind;
  at: number;
  now: number;
  text: string;
  onSeek: (moment: number) => void;
}

function Scrubber({ recording, at, now, text, onSeek }: ScrubberProps) {
  const begins = instant(recording.begins_at);
  const end = Math.max(now, begins + 1000, at);
  const failures = useMemo(() => failuresOf(recording), [recording]);
  return (
    <div className="flex min-w-48 flex-1 basis-full items-center gap-2 text-dim text-small tabular-nums sm:basis-0">
      <span>{timeOfDay(begins)}</span>
      <div className="relative flex-1">
        <input
          type="range"
          data-scrubber
          aria-label="Moment shown"
          aria-valuetext={text}
          min={begins}
          max={end}
          step={1}
          value={at}
          onChange={({ target }) => onSeek(target.valueAsNumber)}
          className="scrubber"
        />
        <Marks>
          {placesOf(failures, begins, end).map((place) => (
            <span
              key={place}
              className="absolute inset-y-0 w-0.5 -translate-x-px bg-broke"
              style={{ left: `${place}%` }}
            />
          ))}
        </Marks>
      </div>
      <span>now</span>
      <span className="sr-only">{failures.length} failures in this time</span>
    </div>
  );
}

/** As wide as the way of the thumb's middle. */
function Marks({ children }: { children: ReactNode }) {
  return (
    <div
      aria-hidden="true"
      data-testid="failure-marks"
      className="pointer-events-none absolute inset-x-1.5 top-1/2 h-3.5 -translate-y-1/2"
    >
      {children}
    </div>
  );
}

/** Where on the track; those that would cover each other are one. */
export function placesOf(moments: number[], begins: number, end: number): number[] {
  const places = moments.map((moment) => Math.round(((moment - begins) / (end - begins)) * 250) / 2.5);
  return [...new Set(places)].filter((place) => place >= 0 && place <= 100);
}

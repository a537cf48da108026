import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { minuteOfDay } from "../../lib/time";
import { useLiveClock } from "../../lib/use-clock";
import { ConnectionStatus } from "../../realtime/connection-status";
import { useConnection } from "../../realtime/context";
import { KioskCard } from "./kiosk-card";
import { KioskOutage } from "./kiosk-outage";
import { layoutOf } from "./layout";
import type { WallWorkflow } from "./wall";

const IDLE_AFTER = 3000;
const MARGIN = 12;

interface KioskProps {
  name: string;
  workflows: WallWorkflow[];
  /** What to show where there is no workflow. */
  empty: ReactNode;
  onLeave: () => void;
}

/** The board on a wall: everything at once, as large as it can be, and nothing to press. Escape leaves. */
export function Kiosk({ name, workflows, empty, onLeave }: KioskProps) {
  const { phase, cause } = useConnection();
  useWall(onLeave);
  const idle = useIdlePointer();
  const old = phase === "failed" ? "is-old" : "";
  return (
    <div
      data-testid="kiosk"
      className={`fixed inset-0 flex flex-col overflow-hidden bg-bg text-[max(14px,2.6vmin)] leading-tight ${idle ? "cursor-none" : ""}`}
    >
      <header className="flex items-center gap-[1em] px-[12px] pt-[0.5em]">
        <h1 className="truncate font-semibold">{name}</h1>
        <ConnectionStatus />
        <Counts workflows={workflows} />
        <Clock />
      </header>
      <KioskOutage />
      {phase === "failed" && (
        <p
          role="alert"
          data-testid="websocket-error"
          className="mx-[12px] mt-[0.4em] truncate font-semibold text-broke"
        >
          Real-time connection failed <span className="font-normal text-ink">{cause}</span>
        </p>
      )}
      <main className={`min-h-0 flex-1 p-[12px] ${old}`}>
        <h2 className="sr-only">Workflows</h2>
        {workflows.length > 0 ? <Cards workflows={workflows} /> : empty}
      </main>
    </div>
  );
}

function Cards({ workflows }: { workflows: WallWorkflow[] }) {
  const grid = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(grid);
  const { columns, rows, type, detail, cells } = layoutOf(workflows.length, width, height);
  const several = new Set(workflows.map(({ slug }) => slug)).size > 1;
  const left = workflows.length - cells;
  const shown = left > 0 ? workflows.slice(0, cells - 1) : workflows;
  return (
    <div
      ref={grid}
      className="grid h-full gap-[8px] overflow-hidden"
      style={{
        fontSize: `${type}px`,
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
      }}
    >
      {shown.map(({ key, slug, workflow, repository }) => (
        <KioskCard
          key={key}
          slug={slug}
          workflow={workflow}
          repository={several ? repository : undefined}
          detail={detail}
        />
      ))}
      {left > 0 && (
        <p className="grid place-items-center truncate rounded-[0.3em] bg-raised text-muted">
          and {workflows.length - shown.length} more
        </p>
      )}
    </div>
  );
}

function Counts({ workflows }: { workflows: WallWorkflow[] }) {
  const count = (section: string) => workflows.filter(({ workflow }) => workflow.section === section).length;
  const facts = [`${count("needs")} need somebody`, `${count("running")} running`, `${workflows.length} in all`];
  return (
    <p role="status" className="ml-auto truncate text-muted tabular-nums max-sm:hidden">
      {facts.join(" · ")}
    </p>
  );
}

/** Goes on while the connection is lost: it is the time on the wall. */
function Clock() {
  const minute = useLiveClock((now) => Math.floor(now / 60_000) * 60_000);
  return (
    <time
      data-testid="clock"
      dateTime={new Date(minute).toISOString()}
      className="font-semibold tabular-nums max-sm:ml-auto"
    >
      {minuteOfDay(minute)}
    </time>
  );
}

/** The page as a whole stands still, and Escape leaves. */
function useWall(onLeave: () => void): void {
  useEffect(() => {
    document.documentElement.dataset.kiosk = "";
    const listener = ({ key }: KeyboardEvent) => key === "Escape" && onLeave();
    window.addEventListener("keydown", listener);
    return () => {
      delete document.documentElement.dataset.kiosk;
      window.removeEventListener("keydown", listener);
    };
  }, [onLeave]);
}

function useIdlePointer(): boolean {
  const [idle, setIdle] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = () => {
      clearTimeout(timer);
      setIdle(false);
      timer = setTimeout(() => setIdle(true), IDLE_AFTER);
    };
    window.addEventListener("pointermove", listener);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointermove", listener);
    };
  }, []);
  return idle;
}

function useSize(of: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: innerWidth - 2 * MARGIN, height: innerHeight * 0.9 });
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return size;
}

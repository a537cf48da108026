import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

/** Some of the things in a list: from `first` up to, and without, `last`; and what all of them are laid out by. */
export interface Near {
  first: number;
  last: number;
  columns: number;
  /** In pixels, from one row to the next. */
  rowHeight: number;
  /** Whether that was measured, after which it stays: all that is not drawn would move by it. */
  isMeasured: boolean;
}

/**
 * How far above and below the window things are drawn, in windows: what comes so close has to be, and then everything
 * up to so far. Chromium looks one and a half windows ahead for what it leaves out itself.
 */
const CLOSE = 1.6;
const FAR = 2.2;
/** So many are drawn before anything is known of the window: whole rows, be it of two, three or four columns. */
const AT_FIRST = 24;
/** With fewer, one that is larger than the others would count for all. */
const ROWS_TO_MEASURE = 4;

/** Where the part that is drawn begins and ends on the screen, in pixels from the window's top. */
interface Drawn {
  top: number;
  bottom: number;
}

const rows = (things: number, columns: number): number => Math.ceil(things / columns);

/** What has to be drawn so that it reaches from `top` to `bottom`, given where what is drawn now reaches. */
export function reaching(near: Near, drawn: Drawn, count: number, top: number, bottom: number): Near {
  const { columns, rowHeight } = near;
  const within = (row: number) => Math.min(Math.max(row, 0), rows(count, columns));
  const first = within(Math.floor(near.first / columns) - Math.ceil((drawn.top - top) / rowHeight));
  const last = within(rows(near.last, columns) + Math.ceil((bottom - drawn.bottom) / rowHeight));
  return { ...near, first: first * columns, last: Math.min(count, Math.max(first, last) * columns) };
}

const covers = (a: Near, b: Near): boolean => b.first >= b.last || (a.first <= b.first && a.last >= b.last);

/**
 * Which of the `count` things in a list are near what is seen of the page. All others are to be in two parts before and
 * behind them, with `data-before` and `data-behind`, as high as their rows. `rowHeight` is guessed until it is known.
 *
 * Of five hundred cards that is one in ten. To have the browser leave out the others one by one costs it more, frame
 * after frame, than to draw these.
 */
export function useNear(list: RefObject<HTMLElement | null>, count: number, rowHeight: number): Near {
  const [near, setNear] = useState<Near>({ first: 0, last: AT_FIRST, columns: 1, rowHeight, isMeasured: false });
  const known = useRef({ near, count });
  const focused = useRef<string>(undefined);
  useLayoutEffect(() => {
    known.current = { near, count };
  });
  useEffect(() => {
    const look = () => {
      if (!list.current) return;
      const { near, count } = known.current;
      const measured = measure(list.current, near, count);
      const within = (windows: number) =>
        reaching(measured, measured, count, -windows * innerHeight, (1 + windows) * innerHeight);
      const isKnown = near.columns === measured.columns && near.isMeasured === measured.isMeasured;
      if (isKnown && covers(near, within(CLOSE))) return;
      focused.current = document.activeElement?.closest<HTMLElement>("[data-run-id]")?.dataset.runId;
      setNear(within(FAR));
    };
    const change = (some: Partial<Near>) => {
      flushSync(() => setNear((now) => ({ ...now, ...some })));
      look();
    };
    const resized = () => change({ isMeasured: false });
    const all = () => change({ first: 0, last: Number.POSITIVE_INFINITY });
    const again = () => change({ first: 0, last: AT_FIRST });
    // Whatever moves it without a scroll makes the document larger or smaller, or this list. The browser tells of that
    // when it has laid out everything, so that to measure costs nothing.
    const sizes = new ResizeObserver(look);
    sizes.observe(document.documentElement);
    if (list.current) sizes.observe(list.current);
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", resized);
    window.addEventListener("beforeprint", all);
    window.addEventListener("afterprint", again);
    return () => {
      sizes.disconnect();
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", resized);
      window.removeEventListener("beforeprint", all);
      window.removeEventListener("afterprint", again);
    };
  }, [list]);
  // Who walks through the cards by keyboard goes on where they were, though that is drawn in another way now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about what was drawn with it
  useLayoutEffect(() => {
    if (!focused.current || document.activeElement !== document.body) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-run-id="${focused.current}"] [data-card-link]`);
    link?.focus({ preventScroll: true });
    if (link) focused.current = undefined;
  }, [near, list]);
  return near;
}

/** How a list is laid out by now. */
function measure(list: Element, near: Near, count: number): Near & Drawn {
  const part = (which: string) => list.querySelector(`:scope > [data-${which}]`)?.getBoundingClientRect();
  const { top, bottom } = list.getBoundingClientRect();
  const drawn = { top: part("before")?.bottom ?? top, bottom: part("behind")?.top ?? bottom };
  const tracks = getComputedStyle(list).gridTemplateColumns;
  const columns = tracks && tracks !== "none" ? tracks.split(" ").length : 1;
  const now = { ...near, ...drawn, columns };
  if (near.columns !== columns) return { ...now, isMeasured: false };
  const drawnRows = rows(Math.min(near.last, count) - near.first, columns);
  if (near.isMeasured || drawnRows < ROWS_TO_MEASURE) return now;
  return { ...now, rowHeight: (drawn.bottom - drawn.top) / drawnRows, isMeasured: true };
}

export interface KioskLayout {
  columns: number;
  rows: number;
  /** The size of a card's name, in pixels. */
  type: number;
  /** Lines below the name and how it stands: where it broke, the commit, how far it is. */
  detail: number;
  /** Cards that fit; where it is less than there are, the last one says how many more. */
  cells: number;
}

const GAP = 8;
/** Of the screen's smaller side. */
const LARGEST = 1 / 14;
/** What can still be read on a screen that somebody stands before. */
const SMALLEST = 11;
/** Characters of an average name, as multiples of the size of type. */
const WIDTH = 12;
/** Name, state and padding. */
const LEAST = 3.4;
const LINE = 1.05;

/** Few cards have room for all there is to say; many say less, so that they can say it larger. */
const wanted = (count: number): number => LEAST + LINE * (count <= 6 ? 3 : count <= 24 ? 1 : 0);

/** The grid that shows `count` cards on a screen without scrolling, in the largest type. */
export function layoutOf(count: number, width: number, height: number): KioskLayout {
  const cells = Math.min(Math.max(count, 1), capacity(width, height));
  let best: KioskLayout | undefined;
  for (let columns = 1; columns <= cells; columns++) {
    const rows = Math.ceil(cells / columns);
    const w = (width - GAP * (columns - 1)) / columns;
    const h = (height - GAP * (rows - 1)) / rows;
    const type = Math.min(w / WIDTH, h / wanted(cells));
    if (best && type <= best.type) continue;
    best = { columns, rows, type, cells, detail: h };
  }
  const { detail: h, ...grid } = best as KioskLayout;
  const type = Math.min(LARGEST * Math.min(width, height), grid.type);
  return { ...grid, type, detail: Math.min(3, Math.max(0, Math.floor((h / type - LEAST) / LINE))) };
}

/** How many cards of the smallest type there is room for. */
function capacity(width: number, height: number): number {
  const across = Math.floor((width + GAP) / (SMALLEST * WIDTH + GAP));
  const down = Math.floor((height + GAP) / (SMALLEST * LEAST + GAP));
  return Math.max(1, across * down);
}

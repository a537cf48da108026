import { expect, it } from "vitest";
import { type Near, reaching } from "./use-near";

const HEIGHT = 50;
const WINDOW = 900;

/** Where what is drawn is, if the list begins at `start` and all its rows are as high as they are taken to be. */
function drawnAt(start: number, { first, last, columns }: Near) {
  const top = (row: number) => start + row * HEIGHT;
  return { top: top(first / columns), bottom: top(Math.ceil(last / columns)) };
}

const at = (start: number, count: number, near: Near): Near =>
  reaching(near, drawnAt(start, near), count, -100, WINDOW + 100);

it("draws what reaches over the window from wherever one comes, in whole rows", () => {
  for (const columns of [1, 3]) {
    for (const count of [0, 1, 2, 7, 500]) {
      const last = Math.min(count, 24);
      let near: Near = { first: 0, last, columns, rowHeight: HEIGHT, isMeasured: true };
      for (const start of [1500, 900, 0, -300, -299, -8000, -5000, -60_000, 20_000, -400]) {
        near = at(start, count, near);
        expect(near.first % columns).toBe(0);
        expect(near.last % columns === 0 || near.last === count).toBe(true);
        for (let index = 0; index < count; index += 1) {
          const top = start + Math.floor(index / columns) * HEIGHT;
          const isSeen = top + HEIGHT > 0 && top < WINDOW;
          if (isSeen) expect(index >= near.first && index < near.last).toBe(true);
        }
        expect(near.last - near.first).toBeLessThanOrEqual(((WINDOW + 200) / HEIGHT + 2) * columns);
      }
    }
  }
});

it("draws nothing of a list that is far away", () => {
  const near = at(9000, 500, { first: 0, last: 24, columns: 2, rowHeight: HEIGHT, isMeasured: true });
  expect(near.last - near.first).toBe(0);
});

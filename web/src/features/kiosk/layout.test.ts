import { describe, expect, it } from "vitest";
import { layoutOf } from "./layout";

const SCREENS = [
  [1280, 660],
  [1366, 700],
  [1920, 1000],
  [1080, 1850],
  [3840, 2050],
] as const;
const COUNTS = [1, 2, 3, 5, 8, 13, 20, 40, 60];

describe("the wallboard", () => {
  it.each(SCREENS)("has a place for every card on %i x %i, in type that can be read", (width, height) => {
    for (const count of COUNTS) {
      const { columns, rows, type, cells } = layoutOf(count, width, height);
      expect(cells).toBe(count);
      expect(columns * rows).toBeGreaterThanOrEqual(count);
      expect((columns - 1) * rows).toBeLessThan(count);
      expect(type).toBeGreaterThanOrEqual(11);
    }
  });

  it("says less and smaller the more there are", () => {
    for (const [width, height] of SCREENS) {
      const sizes = [1, 20, 60, 200].map((count) => layoutOf(count, width, height).type);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
    expect(layoutOf(3, 1920, 1000).detail).toBe(3);
    expect(layoutOf(60, 1280, 660).detail).toBe(0);
  });

  it("shows as many as can be read where there are too many", () => {
    const { cells, type } = layoutOf(5000, 1280, 660);
    expect(cells).toBeLessThan(5000);
    expect(cells).toBeGreaterThan(60);
    expect(type).toBeGreaterThanOrEqual(10);
  });

  it("survives a window without any room", () => {
    expect(layoutOf(0, 0, 0)).toMatchObject({ columns: 1, rows: 1, cells: 1 });
  });
});

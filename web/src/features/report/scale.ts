/** A round number at or above the largest value, so that the lines of a chart stand at numbers one can read. */
export function roundMax(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= most) ?? 10;
  return step * power;
}

const SECONDS = [10, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600];

/** The same for seconds, of which sixty make a round number. */
export function roundSeconds(most: number): number {
  return SECONDS.find((each) => each >= most) ?? roundMax(most / 3600) * 3600;
}

/** Which of so many days are named under a chart of this width. */
export function namedDays(count: number, width: number): number[] {
  const every = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 72))));
  return Array.from({ length: count }, (_, index) => index).filter((index) => (count - 1 - index) % every === 0);
}

/** The pieces of a line that may have gaps, as SVG has it. */
export function linePath(points: (readonly [number, number] | null)[]): string {
  let pen = "M";
  return points
    .map((point) => {
      const piece = point && `${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
      pen = point ? "L" : "M";
      return piece ?? "";
    })
    .join("");
}

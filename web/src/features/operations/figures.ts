import type { Plotted } from "../../api/types";
import type { Data } from "../../components/data-table";
import { roundMax } from "../report/scale";

type Group = Plotted["group"];

/** As they were asked for, the most urgent first. */
export const GROUPS: { group: Group; title: string; note: string }[] = [
  { group: "critical", title: "Critical", note: "whoever is on call is told at once" },
  { group: "important", title: "Important", note: "trends to look at" },
  { group: "nice", title: "For analysis", note: "nobody is told" },
  { group: "rollback", title: "What triggers a rollback", note: "and an operator, at any time" },
  { group: "server", title: "The server itself", note: "to find out why" },
];

const NUMBER = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
export const figure = (value: number) => NUMBER.format(value);

/** "18 ms", "99.5 %", "–". */
export function figureText({ unit }: Pick<Plotted, "unit">, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (unit === "s" && value < 1) return `${figure(value * 1000)} ms`;
  return [figure(value), unit].filter(Boolean).join(" ");
}

export const isWrong = ({ threshold, wrong_below }: Plotted, value: number | null | undefined): boolean =>
  threshold !== null && value !== null && value !== undefined && (wrong_below ? value < threshold : value > threshold);

/** From where to where a plot goes: with its threshold, or its line would stand outside. */
export function range({ points, threshold, wrong_below }: Plotted): [number, number] {
  const known = points.filter((value) => value !== null);
  if (wrong_below) {
    const low = Math.min(threshold ?? 0, ...known);
    // Of a share that is nearly whole, what is missing is what one wants to see.
    return [low >= 90 ? 90 : 0, 100];
  }
  return [0, roundMax(Math.max(0, threshold ?? 0, ...known))];
}

/** The same for whoever cannot see a line: where each stands, and within which bounds it was. */
export function tableOf(series: readonly Plotted[]): Data {
  return {
    caption: "Every figure of the last hour",
    head: ["Figure", "Now", "Lowest", "Highest", "Alert"],
    rows: series.map((each) => {
      const known = each.points.filter((value) => value !== null);
      const bound = (value: number) => figureText(each, known.length > 0 ? value : null);
      return [
        each.title,
        figureText(each, each.points.at(-1)),
        bound(Math.min(...known)),
        bound(Math.max(...known)),
        each.threshold === null
          ? "none"
          : `${each.wrong_below ? "below" : "above"} ${figureText(each, each.threshold)}`,
      ];
    }),
  };
}

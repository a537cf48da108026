export interface Data {
  /** Says what the numbers are. */
  caption: string;
  head: string[];
  rows: (string | number)[][];
}

const count = new Intl.NumberFormat("en-GB");

/** The numbers of a chart: for screen readers always, for everybody when they ask for it. */
export function DataTable({ data, shown, className = "" }: { data: Data; shown: boolean; className?: string }) {
  return (
    <div
      className={shown ? `overflow-auto ${className}` : "sr-only"}
      // What scrolls has to be reached by keyboard.
      {...(shown && { tabIndex: 0, role: "group", "aria-label": data.caption })}
    >
      <table className="w-full border-collapse text-small tabular-nums">
        <caption className="sr-only">{data.caption}</caption>
        <thead>
          <tr>
            {data.head.map((name, index) => (
              <th
                key={name}
                scope="col"
                className={`border-b py-1 pr-3 font-medium text-muted ${index ? "text-right" : "text-left"}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, number) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour occurs twice when the clock is set back
            <tr key={number}>
              {row.map((value, index) =>
                index === 0 ? (
                  <th
                    key={data.head[index]}
                    scope="row"
                    className="min-w-24 py-0.5 pr-3 text-left font-normal"
                    dir="auto"
                  >
                    {value}
                  </th>
                ) : (
                  <td key={data.head[index]} className="whitespace-nowrap py-0.5 pr-3 text-right">
                    {typeof value === "number" ? count.format(value) : value}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

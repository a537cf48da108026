import { useState } from "react";
import type { OperationsHistory } from "../../api/types";
import { TableToggle } from "../../components/card";
import { DataTable } from "../../components/data-table";
import { Section } from "../../components/section";
import { FigurePlot } from "./figure-plot";
import { GROUPS, tableOf } from "./figures";

/** Every figure that there is, over the last hour of this server. */
export function FigureSection({ history }: { history: OperationsHistory }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Section
      id="figures"
      title="Figures"
      note={
        <span className="inline-flex items-center gap-1">
          the last hour of this server, a point every ten seconds
          <TableToggle of="Figures" pressed={asTable} onPress={() => setAsTable(!asTable)} />
        </span>
      }
    >
      {!asTable &&
        GROUPS.map(({ group, title, note }) => (
          <div key={group} data-testid={`figures-${group}`} className="mt-3 first:mt-0">
            <h3 className="border-b px-4 pb-1 text-small sm:px-3">
              {title} <span className="text-dim">{note}</span>
            </h3>
            <div className="sm:grid sm:grid-cols-2 xl:grid-cols-3">
              {history.series
                .filter((series) => series.group === group)
                .map((series) => (
                  <FigurePlot key={series.name} series={series} times={history.times} />
                ))}
            </div>
          </div>
        ))}
      <DataTable data={tableOf(history.series)} shown={asTable} className="px-4 sm:px-3" />
    </Section>
  );
}

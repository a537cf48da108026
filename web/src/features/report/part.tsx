import { type ReactNode, useId, useState } from "react";
import { TableToggle } from "../../components/card";
import { type Data, DataTable } from "../../components/data-table";

interface PartProps {
  title: string;
  testId: string;
  note?: ReactNode;
  /** The address of its numbers as a file. */
  csv: string;
  /** The numbers of its chart; what is a table itself has none. */
  data?: Data;
  controls?: ReactNode;
  children: ReactNode;
}

/** One part of the report: a chart with its numbers, or a table. */
export function Part({ title, testId, note, csv, data, controls, children }: PartProps) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-labelledby={id} data-testid={testId} className="min-w-0 border-b px-4 py-4 sm:px-6">
      <div className="mb-2 flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {note && <p className="text-muted text-small">{note}</p>}
        <span className="ml-auto flex items-center gap-2">
          {controls}
          {data && <TableToggle of={title} pressed={asTable} onPress={() => setAsTable(!asTable)} />}
          <a
            href={csv}
            download
            aria-label={`${title} as CSV`}
            className="rounded px-1 py-0.5 text-muted text-small underline-offset-2 hover:text-ink hover:underline"
          >
            CSV
          </a>
        </span>
      </div>
      {!asTable && children}
      {data && <DataTable data={data} shown={asTable} className="max-h-64" />}
    </section>
  );
}

/** A table that is a part by itself: the first column names, the others count. */
export function PartTable({ data, empty }: { data: Data; empty: string }) {
  if (data.rows.length === 0) return <p className="border-t py-3 text-muted">{empty}</p>;
  return <DataTable data={data} shown />;
}

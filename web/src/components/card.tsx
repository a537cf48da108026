import { type ReactNode, useId, useState } from "react";
import { type Data, DataTable } from "./data-table";
import { Icon } from "./ui/icon";

interface CardProps {
  title: string;
  testId: string;
  /** Stands at the right of the title. */
  controls?: ReactNode;
  children: ReactNode;
}

const FRAME = "min-w-0 px-4 py-3 sm:px-6";

/** One part of a strip of cards, told apart by hairlines that the strip draws. */
export function Card({ title, testId, controls, children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} data-testid={testId} className={FRAME}>
      <div className="mb-1.5 flex h-6 items-center justify-between gap-2">
        <h2 id={id} className="truncate font-medium text-muted text-small">
          {title}
        </h2>
        {controls}
      </div>
      {children}
    </section>
  );
}

interface ChartCardProps extends Omit<CardProps, "controls"> {
  data: Data;
}

/** A chart whose numbers can be had as a table instead. */
export function ChartCard({ data, children, ...card }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card {...card} controls={<TableToggle of={card.title} pressed={asTable} onPress={() => setAsTable(!asTable)} />}>
      {!asTable && <div aria-hidden="true">{children}</div>}
      <DataTable data={data} shown={asTable} className="max-h-24" />
    </Card>
  );
}

interface TableToggleProps {
  of: string;
  pressed: boolean;
  onPress: () => void;
}

export function TableToggle({ of, pressed, onPress }: TableToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={`${of} as a table`}
      title="As a table"
      onClick={onPress}
      className={`grid size-6 shrink-0 place-items-center rounded-md hover:bg-sunken hover:text-ink ${pressed ? "bg-sunken text-ink" : "text-dim"}`}
    >
      <Icon name="table" size={13} />
    </button>
  );
}

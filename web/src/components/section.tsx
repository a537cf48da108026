import type { ReactNode } from "react";
import { Icon } from "./ui/icon";

interface SectionProps {
  id: string;
  title: ReactNode;
  note?: ReactNode;
  urgent?: boolean;
  /** Whether it is closed; left out where it cannot be. */
  closed?: boolean;
  onToggle?: () => void;
  children: ReactNode;
}

export function Section({ id, title, note, urgent = false, closed = false, onToggle, children }: SectionProps) {
  return (
    <section aria-labelledby={`section-${id}`} data-testid={`section-${id}`} className="mt-6 first:mt-0">
      <h2
        id={`section-${id}`}
        className={`mb-2 px-4 font-medium text-small sm:px-0 ${urgent ? "text-broke" : "text-muted"}`}
      >
        {onToggle ? (
          <button
            type="button"
            aria-expanded={!closed}
            onClick={onToggle}
            className="group/fold -my-0.5 inline-flex min-h-6 items-center rounded-md text-left"
          >
            {title} <span className="mx-1.5 font-normal text-dim">{note}</span>
            <Icon
              name={closed ? "right" : "down"}
              size={11}
              className={closed ? "" : "opacity-0 group-hover/fold:opacity-100 group-focus-visible/fold:opacity-100"}
            />
          </button>
        ) : (
          <>
            {title} <span className="ml-1 font-normal text-dim">{note}</span>
          </>
        )}
      </h2>
      {!closed && children}
    </section>
  );
}

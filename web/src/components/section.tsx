import type { ReactNode } from "react";

interface SectionProps {
  id: string;
  title: ReactNode;
  note?: ReactNode;
  urgent?: boolean;
  children: ReactNode;
}

export function Section({ id, title, note, urgent = false, children }: SectionProps) {
  return (
    <section aria-labelledby={`section-${id}`} data-testid={`section-${id}`} className="mt-6 first:mt-0">
      <h2
        id={`section-${id}`}
        className={`mb-2 px-4 font-medium text-small sm:px-0 ${urgent ? "text-broke" : "text-muted"}`}
      >
        {title} <span className="ml-1 font-normal text-dim">{note}</span>
      </h2>
      {children}
    </section>
  );
}

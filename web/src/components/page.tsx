import type { ReactNode } from "react";
import { ConnectionStatus } from "../realtime/connection-status";
import { usePhase } from "../realtime/context";

interface PageProps {
  title: ReactNode;
  /** Stands at the right of the title. */
  controls?: ReactNode;
  /** Stands beside the title; how live the page is, if not said otherwise. */
  status?: ReactNode;
  /** Stands below both. */
  note?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: a header that always says how live it is, the content, and what just happened. */
export function Page({ title, controls, status = <ConnectionStatus />, note, aside, children }: PageProps) {
  const old = usePhase() === "failed" ? "is-old" : "";
  return (
    <div className={aside ? "xl:grid xl:min-h-dvh xl:grid-cols-[minmax(0,1fr)_320px]" : ""}>
      <div className="min-w-0">
        <header
          className={`flex min-h-14 flex-wrap items-center gap-x-4 border-b px-4 sm:px-6 ${note ? "gap-y-1 pt-1 pb-0.5" : "gap-y-1 py-2"}`}
        >
          <div className="min-w-0 max-w-full">{title}</div>
          {status}
          <div className="ml-auto flex items-center gap-2">{controls}</div>
          {note && <div className="basis-full">{note}</div>}
        </header>
        <main id="main" tabIndex={-1} className={`outline-none ${old}`}>
          {children}
        </main>
      </div>
      {aside && (
        <aside aria-label="Just now" className={`border-t xl:border-t-0 xl:border-l ${old}`}>
          {aside}
        </aside>
      )}
    </div>
  );
}

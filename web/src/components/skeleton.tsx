interface SkeletonRowsProps {
  rows: number;
  height: number;
  /** For a column at the side, with nothing above the rows. */
  narrow?: boolean;
}

/** Rows of the height the real ones have, so that nothing jumps when they come. */
export function SkeletonRows({ rows, height, narrow = false }: SkeletonRowsProps) {
  return (
    <div aria-hidden="true" className={narrow ? "px-4 sm:px-6 xl:px-5" : "px-4 py-5 sm:px-6"}>
      {!narrow && <div className="skeleton mb-3 h-3 w-24" />}
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same and never change places
        <div key={index} className="flex items-center gap-4 border-t" style={{ height }}>
          <div className="skeleton size-4 rounded-full" />
          <div className="grid flex-1 gap-2">
            <div className="skeleton h-3.5 w-40 max-w-full" />
            <div className={`skeleton h-3 max-w-full ${narrow ? "w-44" : "w-64"}`} />
          </div>
          {!narrow && <div className="skeleton h-4 w-24 max-sm:hidden" />}
          <div className="skeleton h-4 w-12" />
        </div>
      ))}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="sr-only">
      Loading {what}
    </p>
  );
}

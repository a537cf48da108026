/** Rows of the height the real ones have, so that nothing jumps when they come. */
export function SkeletonRows({ rows, height }: { rows: number; height: number }) {
  return (
    <div aria-hidden="true" className="px-4 py-5 sm:px-6">
      <div className="skeleton mb-3 h-3 w-24" />
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same and never change places
        <div key={index} className="flex items-center gap-4 border-t" style={{ height }}>
          <div className="skeleton size-4 rounded-full" />
          <div className="grid flex-1 gap-2">
            <div className="skeleton h-3.5 w-40 max-w-full" />
            <div className="skeleton h-3 w-64 max-w-full" />
          </div>
          <div className="skeleton h-4 w-24 max-sm:hidden" />
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

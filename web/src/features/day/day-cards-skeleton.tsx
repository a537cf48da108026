export const STRIP =
  "grid grid-cols-2 border-b *:even:border-l max-xl:*:nth-[n+3]:border-t xl:grid-cols-4 xl:*:not-first:border-l";

/** Of the same height, so that nothing jumps. */
export function DayCardsSkeleton() {
  return (
    <div aria-hidden="true" className={STRIP}>
      {["pass-fail", "overview", "health", "hours"].map((card) => (
        <div key={card} className="h-[150px] px-4 py-3 sm:px-6">
          <div className="skeleton mt-1.5 h-3 w-20" />
          <div className="skeleton mt-5 h-14 w-full max-w-44" />
        </div>
      ))}
    </div>
  );
}

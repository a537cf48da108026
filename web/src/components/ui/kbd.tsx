import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-grid min-w-5 place-items-center rounded border border-line-strong px-1 font-medium font-sans text-[11px]/4 text-muted">
      {children}
    </kbd>
  );
}

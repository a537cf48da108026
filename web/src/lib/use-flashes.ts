import { useState } from "react";

/** Counts how often each thing has changed since it was first seen, so that only what changed is highlighted. */
export function useFlashes(signatures: Map<string, string>): Map<string, number> {
  const [seen, setSeen] = useState({ signatures, counts: new Map<string, number>() });
  if (same(seen.signatures, signatures)) return seen.counts;
  const counts = new Map(seen.counts);
  for (const [key, signature] of signatures) {
    if (seen.signatures.get(key) !== signature) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  setSeen({ signatures, counts });
  return counts;
}

function same(a: Map<string, string>, b: Map<string, string>): boolean {
  return a.size === b.size && [...b].every(([key, value]) => a.get(key) === value);
}

export function flashClass(count: number | undefined): string {
  return count ? (count % 2 ? "flash-odd" : "flash-even") : "";
}

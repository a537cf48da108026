import { useState } from "react";

/** The value as it was first, for as long as new ones say the same: what depends on it stays as it is. */
export function useUnchanged<T>(value: T, same: (a: T, b: T) => boolean): T {
  const [kept, setKept] = useState(value);
  if (same(kept, value)) return kept;
  setKept(value);
  return value;
}

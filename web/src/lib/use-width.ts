import { type RefObject, useEffect, useRef, useState } from "react";

/** The width of an element in pixels, so that what is drawn in it keeps its proportions on every screen. */
export function useWidth<T extends HTMLElement>(before: number): [RefObject<T | null>, number] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(before);
  useEffect(() => {
    const seen = element.current;
    if (!seen) return;
    const measure = () => seen.clientWidth > 0 && setWidth(seen.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(seen);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

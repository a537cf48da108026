import { type ComponentType, memo, useDeferredValue, useEffect, useRef, useState } from "react";

/** Milliseconds. Nobody reads faster, and on a busy day there are twenty updates to draw in a second. */
const EVERY = 250;

/**
 * The same component, drawn a moment after what is drawn at once, in pieces, and not for every update: what sums up a
 * busy board must not keep the cards themselves waiting.
 */
export function later<P extends object>(Component: ComponentType<P>): ComponentType<P> {
  const Drawn = memo(Component) as unknown as ComponentType<P>;
  return function Later(props: P) {
    return <Drawn {...useDeferredValue(useSeldom(props))} />;
  };
}

/** The first change at once and then at most so often, the last one in any case. */
function useSeldom<P extends object>(props: P): P {
  const [shown, setShown] = useState(props);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (props === shown) return;
    const show = () => {
      last.current = performance.now();
      setShown(props);
    };
    const wait = last.current + EVERY - performance.now();
    if (wait <= 0) {
      show();
      return;
    }
    const timer = setTimeout(show, wait);
    return () => clearTimeout(timer);
  }, [props, shown]);
  return isAnother(props, shown) ? props : shown;
}

/** Words and numbers say what is to be seen, such as another day: whoever asked for that does not wait. */
function isAnother<P extends object>(props: P, shown: P): boolean {
  return Object.entries(props).some(
    ([name, value]) =>
      (typeof value !== "object" || value === null) && typeof value !== "function" && value !== shown[name as keyof P],
  );
}

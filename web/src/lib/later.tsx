import { type ComponentType, memo, useDeferredValue } from "react";

/**
 * The same component, drawn a moment after what is drawn at once, and in pieces: what sums up a busy board must not
 * keep the cards themselves waiting.
 */
export function later<P extends object>(Component: ComponentType<P>): ComponentType<P> {
  const Drawn = memo(Component) as unknown as ComponentType<P>;
  return function Later(props: P) {
    return <Drawn {...useDeferredValue(props)} />;
  };
}

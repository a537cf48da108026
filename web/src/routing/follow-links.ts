import { go } from "./address";
import { isPage } from "./paths";

/** On a link: where it leads is the same thing seen differently, so that one stays where one is. */
export const KEEP_SCROLL = { "data-keep-scroll": "" };

/**
 * Links are links. Those that lead to a page of ours are followed without loading it anew: by one listener for all of
 * them, for a board may have thousands.
 */
export function followLinks(): () => void {
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}

function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || !isPlain(event) || !staysHere(link)) return;
  event.preventDefault();
  go(link.pathname + link.search, { keepScroll: "keepScroll" in link.dataset });
}

/** With a key held down, a browser opens a tab or a window, or saves what it leads to. */
const isPlain = ({ defaultPrevented, button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean =>
  !defaultPrevented && button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;

const staysHere = ({ target, download, origin, pathname, hash }: HTMLAnchorElement): boolean =>
  (target === "" || target === "_self") && !download && origin === location.origin && !hash && isPage(pathname);

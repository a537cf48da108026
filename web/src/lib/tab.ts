import { useEffect } from "react";
import type { Tone } from "./status";

/** The browser tab tells the state of the page while it is in the background. */
export function useTab(title: string, tone: Tone, unread: boolean): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    document
      .querySelector<HTMLLinkElement>('link[rel="icon"]')
      ?.setAttribute("href", `/favicon-${tone}${unread ? "-unread" : ""}.svg`);
  }, [tone, unread]);
}

import { useEffect } from "react";
import { usePathname } from "wouter/use-browser-location";
import { toggleTheme } from "../lib/theme";
import { go, useSlug } from "../routing/address";
import { boardPath } from "../routing/paths";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;

const isOverlayOpen = (): boolean => document.querySelector("[data-overlay]") !== null;

function moveBetweenCards(step: 1 | -1): void {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-card-link]")];
  const current = cards.indexOf(document.activeElement as HTMLElement);
  const next = current < 0 ? (step > 0 ? 0 : cards.length - 1) : current + step;
  cards[Math.min(Math.max(next, 0), cards.length - 1)]?.focus();
}

const isOnCard = (): boolean => document.activeElement?.hasAttribute("data-card-link") ?? false;

interface ShortcutActions {
  onHelp: () => void;
  onAdd: () => void;
  onPalette: () => void;
}

const opensPalette = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === "k" && ctrlKey !== metaKey && !altKey && !shiftKey;

export function useShortcuts({ onHelp, onAdd, onPalette }: ShortcutActions): void {
  const slug = useSlug();
  const isBelowBoard = usePathname().split("/").length > 3;
  useEffect(() => {
    const goBack = () => {
      if (slug) go(isBelowBoard ? boardPath(slug) : "/");
    };
    const keys: Record<string, () => void> = {
      j: () => moveBetweenCards(1),
      k: () => moveBetweenCards(-1),
      "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
      r: () => document.querySelector<HTMLElement>("[data-rewind]")?.click(),
      n: () => go("/notifications"),
      t: toggleTheme,
      a: onAdd,
      "?": onHelp,
      Escape: goBack,
    };
    // Arrows scroll the page until a card has been chosen.
    const arrows: Record<string, () => void> = { ArrowDown: keys.j as () => void, ArrowUp: keys.k as () => void };
    const listener = (event: KeyboardEvent) => {
      if (opensPalette(event) && !isOverlayOpen()) {
        event.preventDefault(); // also where somebody writes
        onPalette();
        return;
      }
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      if (isTyping(event.target) || isOverlayOpen()) return;
      const action = keys[event.key] ?? (isOnCard() ? arrows[event.key] : undefined);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [slug, isBelowBoard, onHelp, onAdd, onPalette]);
}

import { useSyncExternalStore } from "react";

type Theme = "dark" | "light";

const KEY = "omnilens-theme";
const COLOUR: Record<Theme, string> = { dark: "#0c0e12", light: "#f7f8fa" };
const listeners = new Set<() => void>();
const wantsLight = () => matchMedia("(prefers-color-scheme: light)");

const systemTheme = (): Theme => (wantsLight().matches ? "light" : "dark");
const currentTheme = (): Theme => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

function chosenTheme(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    // Choosing what the system wishes anyway means following the system again.
    if (theme === systemTheme()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')?.setAttribute("content", COLOUR[theme]);
  for (const listener of listeners) listener();
}

export function toggleTheme(): void {
  const theme = currentTheme() === "dark" ? "light" : "dark";
  remember(theme);
  show(theme);
}

/** Until somebody chooses, the page follows the system, also while it is open. */
export function followSystemTheme(): void {
  wantsLight().addEventListener("change", () => {
    if (chosenTheme() === null) show(systemTheme());
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, currentTheme);

import { lazy, Suspense, useCallback, useState } from "react";
import { usePathname } from "wouter/use-browser-location";
import { Icon } from "../components/ui/icon";
import { AccountButton } from "../features/account/account-button";
import { usePerson } from "../features/account/person";
import { Bell } from "../features/notices/bell";
import { AddRepositoryContext } from "../features/repos/add-repository";
import { toggleTheme, useTheme } from "../lib/theme";
import { useLoaded } from "../lib/use-loaded";
import { ConnectionBanner } from "../realtime/connection-banner";
import { useAway } from "../realtime/context";
import { OutageBanner } from "../realtime/outage-banner";
import { useAsked, useSlug } from "../routing/address";
import { boardPath, withSearch } from "../routing/paths";
import { useBoardSearch } from "./board-search";
import { Pages } from "./pages";
import { useShortcuts } from "./use-shortcuts";

const ShortcutsSheet = lazy(() => import("./shortcuts-sheet"));
const Palette = lazy(() => import("./palette"));
const AddDialog = lazy(() => import("../features/repos/add-dialog"));
const ReportProblem = lazy(() => import("../features/problems/report-problem"));
const Wallboard = lazy(() => import("./wallboard"));
const AwayLine = lazy(() => import("../features/notices/away-line"));
const Toasts = lazy(() => import("../components/toasts"));

const PLACE = "grid size-9 place-items-center rounded-lg hover:bg-sunken";
const ITEM = `${PLACE} text-dim hover:text-ink`;

export function Layout() {
  return useBoardSearch().kiosk ? (
    <Suspense>
      <Wallboard />
    </Suspense>
  ) : (
    <Frame />
  );
}

function Frame() {
  const [sheet, setSheet] = useState(false);
  const [adding, setAdding] = useState(false);
  const [palette, setPalette] = useState(false);
  const [reporting, setReporting] = useState(false);
  const loaded = useLoaded();
  const away = useAway();
  const add = useCallback(() => setAdding(true), []);
  const help = useCallback(() => setSheet(true), []);
  const report = useCallback(() => setReporting(true), []);
  const command = useCallback(() => setPalette(true), []);
  useShortcuts({ onHelp: help, onAdd: add, onPalette: command });
  return (
    <div className="min-h-dvh sm:grid sm:grid-cols-[52px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Rail onShortcuts={help} onPalette={command} onReport={report} />
      <div className="min-w-0">
        <ConnectionBanner />
        <OutageBanner />
        <AddRepositoryContext value={add}>
          <Suspense>{away && <AwayLine away={away} />}</Suspense>
          <Pages />
        </AddRepositoryContext>
      </div>
      <Suspense>{loaded && <Toasts />}</Suspense>
      <Suspense>
        {palette && <Palette onClose={() => setPalette(false)} onAdd={add} onHelp={help} onReport={report} />}
        {adding && <AddDialog onClose={() => setAdding(false)} />}
        {reporting && <ReportProblem onClose={() => setReporting(false)} />}
        {sheet && <ShortcutsSheet onClose={() => setSheet(false)} />}
      </Suspense>
    </div>
  );
}

interface RailProps {
  onShortcuts: () => void;
  onPalette: () => void;
  onReport: () => void;
}

function Rail({ onShortcuts, onPalette, onReport }: RailProps) {
  const slug = useSlug();
  const asked = useAsked();
  const onHome = usePathname() === "/";
  const person = usePerson(); // whose menu has it
  const other = useTheme() === "dark" ? "light" : "dark";
  return (
    <nav
      aria-label="OmniLens"
      className="flex items-center gap-1 border-b px-3 py-1.5 sm:sticky sm:top-0 sm:h-dvh sm:flex-col sm:border-r sm:border-b-0 sm:px-0 sm:py-2.5"
    >
      <a href="/" aria-label="OmniLens" title="OmniLens" className={`${PLACE} text-accent`}>
        <Icon name="logo" />
      </a>
      <a
        href="/"
        aria-label="Board"
        title="Board"
        aria-current={onHome ? "page" : undefined}
        className={onHome || slug ? `${PLACE} bg-sunken text-ink` : ITEM}
      >
        <Icon name="board" />
      </a>
      <Bell className={PLACE} />
      <button
        type="button"
        aria-label="Go to, or do"
        title="Go to, or do (Ctrl K)"
        onClick={onPalette}
        className={ITEM}
      >
        <Icon name="command" />
      </button>
      <span className="flex-1" />
      <a
        href={withSearch(slug ? boardPath(slug) : "/", { ...asked, kiosk: 1 })}
        aria-label="Wallboard"
        title="Wallboard, for a screen on a wall (Esc leaves it)"
        className={`${ITEM} max-sm:hidden`}
      >
        <Icon name="wall" />
      </a>
      {!person && (
        <a href="/privacy" aria-label="Privacy" title="Privacy" className={ITEM}>
          <Icon name="person" />
        </a>
      )}
      <button
        type="button"
        aria-label="Report a problem"
        title="Report a problem with this board"
        onClick={onReport}
        className={ITEM}
      >
        <Icon name="flag" />
      </button>
      <button
        type="button"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={onShortcuts}
        className={`${ITEM} max-sm:hidden`}
      >
        <Icon name="keys" />
      </button>
      <button
        type="button"
        aria-label={`Switch to the ${other} theme`}
        title={`Switch to the ${other} theme (t)`}
        onClick={toggleTheme}
        className={ITEM}
      >
        <Icon name={other === "light" ? "sun" : "moon"} />
      </button>
      <AccountButton />
    </nav>
  );
}

import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { Icon } from "../components/ui/icon";
import { AccountButton } from "../features/account/account-button";
import { usePerson } from "../features/account/person";
import { AwayLine } from "../features/notices/away-line";
import { Bell } from "../features/notices/bell";
import { AddRepositoryContext } from "../features/repos/add-repository";
import { toggleTheme, useTheme } from "../lib/theme";
import { ConnectionBanner } from "../realtime/connection-banner";
import { useShortcuts } from "./use-shortcuts";

const ShortcutsSheet = lazy(() => import("./shortcuts-sheet"));
const AddDialog = lazy(() => import("../features/repos/add-dialog"));
const Toasts = lazy(() => import("../components/toasts"));

const PLACE = "grid size-9 place-items-center rounded-lg hover:bg-sunken";
const ITEM = `${PLACE} text-dim hover:text-ink`;

export function Layout() {
  const [sheet, setSheet] = useState(false);
  const [adding, setAdding] = useState(false);
  const add = useCallback(() => setAdding(true), []);
  useShortcuts(() => setSheet(true), add);
  return (
    <div className="min-h-dvh sm:grid sm:grid-cols-[52px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Rail onShortcuts={() => setSheet(true)} />
      <div className="min-w-0">
        <ConnectionBanner />
        <AddRepositoryContext value={add}>
          <AwayLine />
          <Outlet />
        </AddRepositoryContext>
      </div>
      <Suspense>
        <Toasts />
      </Suspense>
      <Suspense>
        {adding && <AddDialog onClose={() => setAdding(false)} />}
        {sheet && <ShortcutsSheet onClose={() => setSheet(false)} />}
      </Suspense>
    </div>
  );
}

function Rail({ onShortcuts }: { onShortcuts: () => void }) {
  const onBoard = useLocation({ select: ({ pathname }) => pathname === "/" || pathname.startsWith("/dashboard/") });
  const person = usePerson(); // whose menu has it
  const other = useTheme() === "dark" ? "light" : "dark";
  return (
    <nav
      aria-label="OmniLens"
      className="flex items-center gap-1 border-b px-3 py-1.5 sm:sticky sm:top-0 sm:h-dvh sm:flex-col sm:border-r sm:border-b-0 sm:px-0 sm:py-2.5"
    >
      <Link to="/" aria-label="OmniLens" title="OmniLens" className={`${PLACE} text-accent`}>
        <Icon name="logo" />
      </Link>
      <Link to="/" aria-label="Board" title="Board" className={onBoard ? `${PLACE} bg-sunken text-ink` : ITEM}>
        <Icon name="board" />
      </Link>
      <Bell className={PLACE} />
      <span className="flex-1" />
      {!person && (
        <Link to="/privacy" aria-label="Privacy" title="Privacy" className={ITEM}>
          <Icon name="person" />
        </Link>
      )}
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

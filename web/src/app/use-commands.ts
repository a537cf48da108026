import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { usePerson } from "../features/account/person";
import type { Command, Target } from "../features/palette/entries";
import { toggleTheme } from "../lib/theme";
import { go } from "../routing/address";
import { boardPath, doctorPath, runPath, withSearch } from "../routing/paths";

export interface PaletteActions {
  onAdd: () => void;
  onHelp: () => void;
  onReport: () => void;
}

/** What can be done from anywhere, each with its key. `slug` is the repository that is looked at, if any. */
export function useCommands(slug: string | undefined, { onAdd, onHelp, onReport }: PaletteActions) {
  const person = usePerson();
  const queries = useQueryClient();
  return useMemo(() => {
    const wall = () => go(withSearch(slug ? boardPath(slug) : "/", { kiosk: 1 }));
    const all: (Command & { run: () => void })[] = [
      { id: "board", label: "Go to the board", hint: "all repositories", run: () => go("/") },
      { id: "search", label: "Search and filter this board", keys: ["/"], run: () => {} },
      { id: "add", label: "Add repository", keys: ["a"], run: onAdd },
      { id: "notifications", label: "Notifications", keys: ["n"], run: () => go("/notifications") },
      { id: "theme", label: "Switch between light and dark", hint: "theme", keys: ["t"], run: toggleTheme },
      { id: "wall", label: "Wallboard", hint: slug ?? "kiosk", run: wall },
      { id: "privacy", label: "Privacy", run: () => go("/privacy") },
      {
        id: "refresh",
        label: "Refresh",
        hint: "what is shown, although it is live",
        run: () => void queries.invalidateQueries(),
      },
      { id: "report-problem", label: "Report a problem", hint: "with the board", run: onReport },
      { id: "keyboard", label: "Keyboard shortcuts", keys: ["?"], run: onHelp },
    ];
    if (slug) {
      all.push({ id: "check", label: "Check the webhook", hint: slug, run: () => go(doctorPath(slug)) });
    }
    if (person && !person.token) {
      all.push({ id: "tokens", label: "Access tokens", run: () => go("/tokens") });
    }
    if (!person || person.operator) {
      all.push({ id: "operations", label: "Operations", hint: "alerts, live updates", run: () => go("/operations") });
    }
    const run = (id: string) => all.find((command) => command.id === id)?.run();
    return { commands: all, run };
  }, [queries, person, slug, onAdd, onHelp, onReport]);
}

/** Goes where an entry leads. */
export function goTo(target: Exclude<Target, { kind: "command" }>): void {
  const { slug } = target;
  if (target.kind === "run") go(runPath(slug, target.runId));
  else go(boardPath(slug, target.kind === "workflow" ? { workflow: target.workflow } : {}));
}

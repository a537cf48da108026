import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { usePerson } from "../features/account/person";
import type { Command, Target } from "../features/palette/entries";
import { toggleTheme } from "../lib/theme";

export interface PaletteActions {
  onAdd: () => void;
  onHelp: () => void;
  onReport: () => void;
}

/** What can be done from anywhere, each with its key. `slug` is the repository that is looked at, if any. */
export function useCommands(slug: string | undefined, { onAdd, onHelp, onReport }: PaletteActions) {
  const navigate = useNavigate();
  const person = usePerson();
  const queries = useQueryClient();
  return useMemo(() => {
    const wall = () =>
      void (slug
        ? navigate({ to: "/dashboard/$slug", params: { slug }, search: { kiosk: 1 } })
        : navigate({ to: "/", search: { kiosk: 1 } }));
    const all: (Command & { run: () => void })[] = [
      { id: "board", label: "Go to the board", hint: "all repositories", run: () => void navigate({ to: "/" }) },
      { id: "search", label: "Search and filter this board", keys: ["/"], run: () => {} },
      { id: "add", label: "Add repository", keys: ["a"], run: onAdd },
      { id: "notifications", label: "Notifications", keys: ["n"], run: () => void navigate({ to: "/notifications" }) },
      { id: "theme", label: "Switch between light and dark", hint: "theme", keys: ["t"], run: toggleTheme },
      { id: "wall", label: "Wallboard", hint: slug ?? "kiosk", run: wall },
      { id: "privacy", label: "Privacy", run: () => void navigate({ to: "/privacy" }) },
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
      const check = () => void navigate({ to: "/dashboard/$slug/doctor", params: { slug } });
      all.push({ id: "check", label: "Check the webhook", hint: slug, run: check });
    }
    if (person && !person.token) {
      all.push({ id: "tokens", label: "Access tokens", run: () => void navigate({ to: "/tokens" }) });
    }
    if (!person || person.operator) {
      const operations = () => void navigate({ to: "/operations" });
      all.push({ id: "operations", label: "Operations", hint: "alerts, live updates", run: operations });
    }
    const run = (id: string) => all.find((command) => command.id === id)?.run();
    return { commands: all, run };
  }, [navigate, queries, person, slug, onAdd, onHelp, onReport]);
}

/** Goes where an entry leads. */
export function usePlaces(): (target: Exclude<Target, { kind: "command" }>) => void {
  const navigate = useNavigate();
  return useCallback(
    (target) => {
      const { slug } = target;
      if (target.kind === "run") {
        void navigate({ to: "/dashboard/$slug/runs/$runId", params: { slug, runId: String(target.runId) } });
      } else {
        const search = target.kind === "workflow" ? { workflow: target.workflow } : {};
        void navigate({ to: "/dashboard/$slug", params: { slug }, search });
      }
    },
    [navigate],
  );
}

import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { keys } from "../api/keys";
import type { RepositoryList, RunList } from "../api/types";
import { StateIcon } from "../components/state-icon";
import { Icon } from "../components/ui/icon";
import { Kbd } from "../components/ui/kbd";
import { groupsOf, type PaletteEntry, type PaletteGroup } from "../features/palette/entries";
import { browserZone, dateOf } from "../lib/day";
import { serverClock } from "../lib/server-clock";
import { useSlug } from "../routing/address";
import { goTo, type PaletteActions, useCommands } from "./use-commands";

interface PaletteProps extends PaletteActions {
  onClose: () => void;
}

/** Everything there is to go to and to do, one key and some letters away. */
export default function Palette({ onClose, ...actions }: PaletteProps) {
  const [text, setText] = useState("");
  const { repos, lists } = useKnown();
  const slug = useSlug();
  const { commands, run } = useCommands(slug, actions);
  const field = useRef<HTMLInputElement>(null);
  const after = useRef<HTMLElement | null>(null);
  const groups = useMemo(() => groupsOf(repos, lists, commands, text), [repos, lists, commands, text]);
  const choose = ({ target }: PaletteEntry) => {
    const search = target.kind === "command" && target.id === "search";
    after.current = search ? document.querySelector<HTMLElement>("[data-search]") : null;
    onClose();
    if (target.kind !== "command") goTo(target);
    else if (!search) run(target.id);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Popup
          data-overlay
          data-testid="palette"
          aria-label="Go to, or do"
          initialFocus={field}
          finalFocus={() => after.current ?? true}
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70dvh] w-[min(560px,94vw)] -translate-x-1/2 flex-col overflow-hidden rounded-lg border border-line-strong bg-raised shadow-xl outline-none"
        >
          <Autocomplete.Root
            open
            inline
            items={groups}
            filter={null}
            value={text}
            onValueChange={setText}
            itemToStringValue={({ label }: PaletteEntry) => label}
            autoHighlight="always"
            keepHighlight
          >
            <div className="flex items-center gap-2.5 border-b px-4">
              <Icon name="search" size={14} className="text-dim" />
              <Autocomplete.Input
                ref={field}
                aria-label="Search repositories, workflows, runs and commands"
                placeholder="Go to a repository, workflow or run, or do something"
                className="h-11 w-full min-w-0 bg-transparent text-ink outline-none placeholder:text-dim"
              />
            </div>
            <div className="min-h-0 overflow-y-auto p-2">
              <Autocomplete.Empty className="px-2 text-muted not-empty:py-3">
                Nothing is called that. Only what ran today can be found here.
              </Autocomplete.Empty>
              <Autocomplete.List>
                {(group: PaletteGroup) => (
                  <Autocomplete.Group key={group.value} items={group.items} className="not-last:mb-2">
                    <Autocomplete.GroupLabel className="px-2 py-1 text-dim text-small">
                      {group.value}
                    </Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(entry: PaletteEntry) => <Row key={entry.key} entry={entry} onChoose={choose} />}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </div>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ entry, onChoose }: { entry: PaletteEntry; onChoose: (entry: PaletteEntry) => void }) {
  return (
    <Autocomplete.Item
      value={entry}
      onClick={() => onChoose(entry)}
      className="grid min-h-8 cursor-pointer grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-2.5 rounded-md px-2 outline-none data-highlighted:bg-sunken"
    >
      {entry.of ? <StateIcon of={entry.of} labelled /> : <Icon name={entry.keys ? "command" : "right"} size={12} />}
      <span className="truncate" dir="auto">
        {entry.label}
      </span>
      <span className="flex max-w-56 items-center gap-1 text-dim text-small">
        <span className="truncate" dir="auto">
          {entry.hint}
        </span>
        {entry.keys?.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </span>
    </Autocomplete.Item>
  );
}

/** What the page has loaded already: the palette asks the server for nothing. */
function useKnown(): { repos: RepositoryList["repos"]; lists: RunList[] } {
  const queries = useQueryClient();
  return useMemo(() => {
    const tz = browserZone();
    const today = dateOf(serverClock.now(), tz);
    const repos = queries.getQueryData<RepositoryList>(keys.repos(today, tz))?.repos;
    const found = queries.getQueriesData<RunList>({ queryKey: ["live"] });
    const lists = found.flatMap(([key, list]) => (key[2] === "runs" && key[3] === today && list ? list : []));
    const others = lists.map(({ repo }) => repo as RepositoryList["repos"][number]);
    return { repos: repos ?? others, lists };
  }, [queries]);
}

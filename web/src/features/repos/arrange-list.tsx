import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { RepositoryCard } from "../../api/types";
import { ICON_BUTTON } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { moved } from "./moved";
import { useOrder, useTakeOff } from "./use-list";

/** The list in its own order: each row can be dragged by its handle, moved with the arrow keys, and taken off. */
export function ArrangeList({ repos }: { repos: RepositoryCard[] }) {
  const keep = useOrder();
  const takeOff = useTakeOff();
  const [said, setSaid] = useState("");
  const [dragged, setDragged] = useState<{ slug: string; slugs: string[] } | null>(null);
  const rows = useRef<HTMLUListElement>(null);
  const slugs = repos.map(({ slug }) => slug);
  const shown = dragged ? dragged.slugs.flatMap((slug) => repos.filter((repo) => repo.slug === slug)) : repos;

  const announce = (name: string, order: string[], slug: string) =>
    setSaid(`${name} is number ${order.indexOf(slug) + 1} of ${order.length}`);

  const onKey = (event: KeyboardEvent, { slug, full_name }: RepositoryCard) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const order = moved(slugs, slug, slugs.indexOf(slug) + step);
    if (order === slugs) return;
    announce(full_name, order, slug);
    void keep(order);
    const handle = event.currentTarget as HTMLElement;
    requestAnimationFrame(() => handle.focus());
  };

  const onDrag = (event: PointerEvent) => {
    if (!dragged || !rows.current) return;
    const places = [...rows.current.children].map((row) => row.getBoundingClientRect());
    const to = places.findIndex(({ bottom }) => event.clientY < bottom);
    const order = moved(dragged.slugs, dragged.slug, to < 0 ? places.length - 1 : to);
    if (order !== dragged.slugs) setDragged({ slug: dragged.slug, slugs: order });
  };

  const onDrop = (name: string) => {
    if (dragged && dragged.slugs.join() !== slugs.join()) {
      announce(name, dragged.slugs, dragged.slug);
      void keep(dragged.slugs);
    }
    setDragged(null);
  };

  return (
    <section aria-label="Arrange your list" data-testid="arrange" className="max-w-3xl py-3 sm:px-6">
      <p id="arrange-help" className="px-4 pb-2 text-muted sm:px-0">
        Drag a row by its handle, or move it with the arrow keys. What needs somebody still comes first on the board.
      </p>
      <ul ref={rows}>
        {shown.map((repo) => (
          <li
            key={repo.slug}
            data-slug={repo.slug}
            className={`flex items-center gap-3 border-t px-4 py-2 first:border-t-0 sm:px-2 ${dragged?.slug === repo.slug ? "rounded-md bg-sunken" : ""}`}
          >
            <button
              type="button"
              aria-label={`Move ${repo.full_name}`}
              aria-describedby="arrange-help"
              onKeyDown={(event) => onKey(event, repo)}
              onPointerDown={(event) => {
                event.currentTarget.setPointerCapture?.(event.pointerId);
                setDragged({ slug: repo.slug, slugs });
              }}
              onPointerMove={onDrag}
              onPointerUp={() => onDrop(repo.full_name)}
              onPointerCancel={() => setDragged(null)}
              className="grid size-9 shrink-0 cursor-grab touch-none place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink active:cursor-grabbing sm:size-7"
            >
              <Icon name="grip" />
            </button>
            <span className="min-w-0 flex-1 truncate" dir="auto">
              <span className="text-muted">{repo.full_name.split("/")[0]} / </span>
              <span className="font-semibold">{repo.full_name.split("/")[1]}</span>
            </span>
            <button
              type="button"
              aria-label={`Take ${repo.full_name} off your list`}
              title="Take off your list"
              onClick={() => void takeOff(repo.slug, repo.full_name)}
              className={`${ICON_BUTTON} max-sm:size-9`}
            >
              <Icon name="close" size={11} />
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {said}
      </p>
    </section>
  );
}

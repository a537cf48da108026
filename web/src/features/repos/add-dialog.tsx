import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { suggestionsQuery } from "../../api/get-suggestions";
import { Button } from "../../components/ui/button";
import { useAdd } from "./use-list";
import { matches, problemOf } from "./written-name";

const MOST_SUGGESTIONS = 6;

/** One field that takes a name or an address; says what is wrong beside it, and only once there is something to say. */
export default function AddDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [left, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const adding = useAdd(onClose);
  const problem = text.trim() ? problemOf(text) : null;
  // Half a name is not wrong yet: whoever still writes is told so only when a character cannot be right.
  const shown = adding.error ? sentenceOf(adding.error) : problem && (left || !isUnfinished(problem)) ? problem : null;

  const submit = (wanted: string) => {
    setLeft(true);
    if (!wanted.trim() || problemOf(wanted) || adding.isPending) return field.current?.focus();
    adding.mutate(wanted.trim(), { onError: () => field.current?.focus() });
  };
  const change = (value: string) => {
    setText(value);
    setLeft(false);
    adding.reset();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Popup
          data-overlay
          data-testid="add-repository"
          initialFocus={field}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[85dvh] overflow-y-auto rounded-t-lg border border-line-strong bg-raised p-5 shadow-xl outline-none sm:inset-x-auto sm:top-[18vh] sm:bottom-auto sm:left-1/2 sm:w-[min(460px,92vw)] sm:-translate-x-1/2 sm:rounded-lg"
        >
          <Dialog.Title className="font-semibold text-title">Add repository</Dialog.Title>
          <form
            noValidate
            className="mt-3"
            onSubmit={(event: FormEvent) => {
              event.preventDefault();
              submit(text);
            }}
          >
            <label htmlFor="repository" className="text-muted">
              Its name, or any address of it at GitHub
            </label>
            <input
              ref={field}
              id="repository"
              value={text}
              onChange={(event) => change(event.target.value)}
              onBlur={() => setLeft(true)}
              placeholder="owner/name"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              inputMode="url"
              enterKeyHint="go"
              aria-invalid={shown !== null}
              aria-describedby="repository-problem"
              className={`mt-1.5 h-9 w-full rounded-md border bg-bg px-3 text-ink outline-offset-0 placeholder:text-dim ${shown ? "border-broke" : "border-line-strong"}`}
            />
            <p id="repository-problem" role="alert" className="min-h-6 pt-1.5 text-broke text-small">
              {shown}
            </p>
            <Suggestions text={text} onChoose={submit} disabled={adding.isPending} />
            <div className="mt-3 flex justify-end gap-2">
              <Button onClick={onClose}>Cancel</Button>
              <button
                type="submit"
                aria-disabled={adding.isPending}
                className="inline-flex h-7 items-center rounded-md bg-ink px-3 font-medium text-bg text-small hover:opacity-90 aria-disabled:opacity-60"
              >
                {adding.isPending ? "Validating…" : "Add"}
              </button>
            </div>
            <p role="status" className="sr-only">
              {adding.isPending ? "Validating…" : ""}
            </p>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface SuggestionsProps {
  text: string;
  onChoose: (fullName: string) => void;
  disabled: boolean;
}

function Suggestions({ text, onChoose, disabled }: SuggestionsProps) {
  const { data } = useQuery(suggestionsQuery);
  const found = data?.repos.filter(({ full_name }) => matches(full_name, text)) ?? [];
  if (found.length === 0) return null;
  return (
    <section aria-labelledby="suggestions">
      <h3 id="suggestions" className="text-dim text-small">
        On this board already
      </h3>
      <ul className="-mx-2 mt-1">
        {found.slice(0, MOST_SUGGESTIONS).map(({ slug, full_name }) => (
          <li key={slug}>
            <button
              type="button"
              disabled={disabled}
              onClick={() => onChoose(full_name)}
              className="w-full truncate rounded-md px-2 py-1.5 text-left hover:bg-sunken"
            >
              {full_name}
            </button>
          </li>
        ))}
      </ul>
      {found.length > MOST_SUGGESTIONS && (
        <p className="text-dim text-small">and {found.length - MOST_SUGGESTIONS} more; write a part of the name</p>
      )}
    </section>
  );
}

const isUnfinished = (problem: string): boolean => problem.startsWith("Write ");

const sentenceOf = (error: Error): string =>
  error instanceof ApiError ? error.message : "The server did not answer. Check that it is running, and try again.";

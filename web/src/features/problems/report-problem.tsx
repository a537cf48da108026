import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { client, done } from "../../api/client";
import { keys } from "../../api/keys";
import { Button } from "../../components/ui/button";
import { useConnection } from "../../realtime/context";
import { useSlug } from "../../routing/address";
import { pageState } from "./page-state";

const LONGEST = 500;

/** What somebody saw, and what the page knows of itself: shown before it is sent. */
export default function ReportProblem({ onClose }: { onClose: () => void }) {
  const [said, setSaid] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const slug = useSlug();
  const queries = useQueryClient();
  const connection = useConnection();
  const page = pageState(
    connection,
    slug ? queries.getQueriesData({ queryKey: keys.live(slug) }) : [],
    performance.now(),
  );
  const sending = useMutation({
    mutationFn: async () => done(await client.POST("/api/reports", { body: { said, repo: slug ?? null, page } })),
  });

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Popup
          data-overlay
          data-testid="report-problem"
          initialFocus={field}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[85dvh] overflow-y-auto rounded-t-lg border border-line-strong bg-raised p-5 shadow-xl outline-none sm:inset-x-auto sm:top-[18vh] sm:bottom-auto sm:left-1/2 sm:w-[min(460px,92vw)] sm:-translate-x-1/2 sm:rounded-lg"
        >
          <Dialog.Title className="font-semibold text-title">Report a problem</Dialog.Title>
          {sending.isSuccess ? (
            <>
              <p role="status" className="mt-3 text-muted">
                Thank you. Whoever runs this board can read it now.
              </p>
              <div className="mt-4 flex justify-end">
                <Button onClick={onClose}>Close</Button>
              </div>
            </>
          ) : (
            <form
              className="mt-3"
              onSubmit={(event: FormEvent) => {
                event.preventDefault();
                sending.mutate();
              }}
            >
              <label htmlFor="problem" className="text-muted">
                What is wrong with this board?
              </label>
              <textarea
                ref={field}
                id="problem"
                value={said}
                onChange={(event) => setSaid(event.target.value)}
                maxLength={LONGEST}
                rows={4}
                className="mt-1.5 block w-full rounded-md border border-line-strong bg-bg px-3 py-2 text-ink"
              />
              <details className="mt-2 text-muted text-small">
                <summary className="cursor-pointer">What is sent with it, and not who you are</summary>
                <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3">
                  {Object.entries({ repo: slug, ...page })
                    .filter(([, value]) => value !== "" && value !== null && value !== undefined)
                    .map(([name, value]) => (
                      <div key={name} className="contents">
                        <dt>{name.replaceAll("_", " ")}</dt>
                        <dd className="truncate text-ink">{String(value)}</dd>
                      </div>
                    ))}
                </dl>
              </details>
              <p role="alert" className="min-h-6 pt-1.5 text-broke text-small">
                {sending.error && (sending.error.message || "The server did not answer. Try again.")}
              </p>
              <div className="flex justify-end gap-2">
                <Button onClick={onClose}>Cancel</Button>
                <Button type="submit" disabled={sending.isPending}>
                  {sending.isPending ? "Sending…" : "Send"}
                </Button>
              </div>
            </form>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

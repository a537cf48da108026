import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { client, done } from "../../api/client";
import { Button } from "../../components/ui/button";

interface ForgetMeProps {
  /** What is done when nothing is left. */
  onForgotten: () => void;
}

/** Asks once, since this cannot be undone. */
export function ForgetMe({ onForgotten }: ForgetMeProps) {
  const [open, setOpen] = useState(false);
  const forgetting = useMutation({
    mutationFn: async () => done(await client.POST("/api/me/forget")),
    onSuccess: onForgotten,
  });
  return (
    <>
      <Button onClick={() => setOpen(true)} aria-haspopup="dialog">
        Forget me…
      </Button>
      <AlertDialog.Root open={open} onOpenChange={(wanted) => !forgetting.isPending && setOpen(wanted)}>
        <AlertDialog.Portal>
          <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
          <AlertDialog.Popup
            data-overlay
            className="fixed top-1/2 left-1/2 z-50 w-[min(420px,92vw)] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line-strong bg-raised p-5 shadow-xl outline-none"
          >
            <AlertDialog.Title className="font-semibold text-title">Forget everything about you?</AlertDialog.Title>
            <AlertDialog.Description className="mt-2 text-muted">
              Your list, your sessions and your access tokens are removed, and your name from runs that you triggered.
              Nobody can bring this back. A later login begins anew.
            </AlertDialog.Description>
            <p role="alert" className="min-h-6 pt-1.5 text-broke text-small">
              {forgetting.error && (forgetting.error.message || "The server did not answer. Try again.")}
            </p>
            <div className="mt-1 flex justify-end gap-2">
              <Button onClick={() => setOpen(false)} disabled={forgetting.isPending}>
                Cancel
              </Button>
              <Button
                className="border-broke! text-broke!"
                onClick={() => forgetting.mutate()}
                disabled={forgetting.isPending}
              >
                {forgetting.isPending ? "Forgetting…" : "Forget me"}
              </Button>
            </div>
            <p role="status" className="sr-only">
              {forgetting.isPending ? "Forgetting, which takes some seconds" : ""}
            </p>
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}

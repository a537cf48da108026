import { Toast } from "@base-ui/react/toast";
import { useEffect } from "react";
import { useNotifications } from "../realtime/context";
import { runPath } from "../routing/paths";
import { StateIcon } from "./state-icon";
import { showAnnouncements, type ToastData, toastManager } from "./toast-manager";
import { Button } from "./ui/button";
import { Icon } from "./ui/icon";

const STATE = {
  broke: { status: "completed", conclusion: "failure" },
  fixed: { status: "completed", conclusion: "success" },
  waits: { status: "waiting" },
} as const;

export default function Toasts() {
  return (
    <Toast.Provider toastManager={toastManager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-3 bottom-3 z-50 flex flex-col gap-2 outline-none sm:right-5 sm:bottom-5 sm:left-auto sm:w-80">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const notifications = useNotifications();
  useEffect(showAnnouncements, []);
  return Toast.useToastManager<ToastData>().toasts.map((toast) => {
    const { kind, target, page, action, notices } = toast.data ?? { kind: null, target: undefined, notices: [] };
    return (
      <Toast.Root
        key={toast.id}
        toast={toast}
        data-testid="toast"
        data-kind={kind}
        className="relative grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-3 rounded-lg border border-line-strong bg-raised px-3.5 py-3 shadow-xl outline-offset-2 transition-opacity duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
      >
        {kind ? (
          <StateIcon of={STATE[kind]} className="mt-0.5" />
        ) : (
          <Icon name="list" size={14} className="mt-0.5 text-muted" />
        )}
        <div className="min-w-0">
          <Toast.Title className="truncate font-semibold" dir="auto">
            {target ? (
              <a
                href={runPath(target.slug, target.runId)}
                onClick={() => notifications.markRead(notices)}
                className="after:absolute after:inset-0"
              >
                {toast.title}
              </a>
            ) : page ? (
              <a href={page} className="after:absolute after:inset-0">
                {toast.title}
              </a>
            ) : (
              toast.title
            )}
          </Toast.Title>
          <Toast.Description className={`text-muted ${kind ? "truncate" : ""}`} dir="auto" />
          {action && (
            <Button
              className="mt-2"
              onClick={() => {
                toastManager.close(toast.id);
                action.act();
              }}
            >
              {action.label}
            </Button>
          )}
        </div>
        <Toast.Close aria-label="Close" className="relative z-10 self-start p-1 text-dim hover:text-ink">
          <Icon name="close" size={11} />
        </Toast.Close>
      </Toast.Root>
    );
  });
}

import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Button } from "./ui/button";
import { Icon, type IconName } from "./ui/icon";

interface MessageProps {
  icon: IconName;
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}

/** A page or part that has nothing to show, and says what to do about it. */
export function Message({ icon, title, children, actions }: MessageProps) {
  return (
    <section className="mx-auto grid max-w-xl justify-items-start gap-3 px-4 py-16 sm:px-6">
      <span className="grid size-9 place-items-center rounded-lg border bg-raised text-muted">
        <Icon name={icon} />
      </span>
      <h2 className="font-semibold text-title">{title}</h2>
      <div className="grid gap-3 text-muted">{children}</div>
      {actions && <div className="mt-1 flex flex-wrap gap-2">{actions}</div>}
    </section>
  );
}

interface TroubleProps {
  error: Error;
  onRetry: () => void;
  /** A way out, for what does not exist. */
  wayOut?: ReactNode;
}

const UNREACHABLE = "The server did not answer. Check that it is running and that this device is on its network.";

export function Trouble({ error, onRetry, wayOut }: TroubleProps) {
  const explained = error instanceof ApiError ? error : null;
  const missing = explained?.status === 404;
  return (
    <Message
      icon={missing ? "logo" : "broken"}
      title={missing ? "Nothing here" : "This could not be loaded"}
      actions={
        <>
          {!missing && <Button onClick={onRetry}>Try again</Button>}
          {wayOut}
        </>
      }
    >
      <p role="alert">{explained ? explained.message : UNREACHABLE}</p>
    </Message>
  );
}

import { Message } from "../components/trouble";
import { Button } from "../components/ui/button";

export function PageCrashed({ error }: { error: unknown }) {
  return (
    <main id="main">
      <Message
        icon="broken"
        title="This page broke"
        actions={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        <p role="alert">
          Something on this page went wrong. Reloading usually helps; the server and its data are fine.
        </p>
        <p className="font-mono text-small">{String(error)}</p>
      </Message>
    </main>
  );
}

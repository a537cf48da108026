import { Message } from "../../components/trouble";

const CODE = "overflow-x-auto rounded-md border bg-raised px-3 py-2 font-mono text-ink text-small";

export function NoRepositories() {
  return (
    <Message icon="board" title="No repositories yet">
      <p>Tell OmniLens which repositories it shows, and restart it:</p>
      <pre className={CODE}>OMNILENS_REPOSITORIES=owner/name</pre>
      <p>
        Then let GitHub send it what happens. In the repository, under Settings, Webhooks, add one with content type{" "}
        <code className="text-ink">application/json</code>, the secret you gave OmniLens, the events{" "}
        <code className="text-ink">workflow runs</code> and <code className="text-ink">workflow jobs</code>, and this
        address:
      </p>
      <pre className={CODE}>{location.origin}/api/webhooks/github</pre>
      <p>The board fills by itself with the first delivery.</p>
    </Message>
  );
}

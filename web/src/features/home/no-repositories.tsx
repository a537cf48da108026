import { Message } from "../../components/trouble";
import { AddRepository } from "../repos/add-repository";

const CODE = "overflow-x-auto rounded-md border bg-raised px-3 py-2 font-mono text-ink text-small";

export function NoRepositories() {
  return (
    <Message icon="board" title="Your list is empty" actions={<AddRepository />}>
      <p>
        Add the repositories that you want to follow. What is on this board already is suggested to you; others are
        looked up at GitHub.
      </p>
      <p>
        Then let GitHub send here what happens. In the repository, under Settings, Webhooks, add one with content type{" "}
        <code className="text-ink">application/json</code>, the secret you gave OmniLens, the events{" "}
        <code className="text-ink">workflow runs</code> and <code className="text-ink">workflow jobs</code>, and this
        address:
      </p>
      <pre className={CODE}>{location.origin}/api/webhooks/github</pre>
      <p>
        The board fills by itself with the first delivery. Whoever runs this server can also put repositories on
        everybody's list:
      </p>
      <pre className={CODE}>OMNILENS_REPOSITORIES=owner/name</pre>
    </Message>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client";
import { keys } from "../../api/keys";
import type { AccessToken } from "../../api/types";
import { Moment } from "../../components/time";
import { Button } from "../../components/ui/button";
import { serverClock } from "../../lib/server-clock";
import { instant } from "../../lib/time";

export function TokenList({ tokens }: { tokens: readonly AccessToken[] }) {
  if (tokens.length === 0) return <p className="px-4 text-muted sm:px-0">None yet.</p>;
  return (
    <ul className="divide-y border-y">
      {tokens.map((token) => (
        <Row key={token.id} token={token} />
      ))}
    </ul>
  );
}

function Row({ token }: { token: AccessToken }) {
  const queries = useQueryClient();
  const revoking = useMutation({
    mutationFn: async () => await client.DELETE("/api/tokens/{id}", { params: { path: { id: token.id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.tokens }),
  });
  const over = instant(token.expires_at) <= serverClock.live();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:px-0">
      <div className="min-w-48 flex-1">
        <p className="font-medium" dir="auto">
          {token.name}
        </p>
        <p className="text-muted text-small" dir="auto">
          {token.scope.join(", ")}
        </p>
      </div>
      <p className="text-muted text-small">
        {over ? "over since " : "until "}
        <Moment at={instant(token.expires_at)} />
        {token.used_at && (
          <>
            {" · used "}
            <Moment at={instant(token.used_at)} />
          </>
        )}
      </p>
      <Button
        onClick={() => revoking.mutate()}
        disabled={revoking.isPending}
        aria-label={`Revoke the access token ${token.name}`}
      >
        Revoke
      </Button>
    </li>
  );
}

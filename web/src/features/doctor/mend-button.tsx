import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "../../api/client";
import { keys } from "../../api/keys";
import { Button } from "../../components/ui/button";

/** Makes or repairs the webhook, and says what came of it; then the doctor looks again. */
export function MendButton({ slug }: { slug: string }) {
  const queries = useQueryClient();
  const mending = useMutation({
    mutationFn: async () =>
      unwrap(await client.POST("/api/repos/{slug}/doctor/webhook", { params: { path: { slug } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.doctor(slug) }),
  });
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 px-4 sm:px-0">
      <Button onClick={() => mending.mutate()} disabled={mending.isPending}>
        {mending.isPending ? "Repairing…" : "Repair the webhook"}
      </Button>
      <p role="status" className="text-muted text-small">
        {mending.data && outcomeOf(mending.data.done)}
        {mending.error?.message}
      </p>
    </div>
  );
}

interface Done {
  where: string;
  what: string;
}

export function outcomeOf(done: readonly Done[]): string {
  if (done.length === 0) return "All was as it should be.";
  return done.map(({ where, what }) => `${where}: ${what}${what.endsWith(".") ? "" : "."}`).join(" ");
}

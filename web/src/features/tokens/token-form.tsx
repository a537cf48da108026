import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client, unwrap } from "../../api/client";
import { reposQuery } from "../../api/get-repos";
import { keys } from "../../api/keys";
import { Button } from "../../components/ui/button";
import { useToday } from "../../lib/use-clock";

const LIFETIMES = [7, 30, 90, 365];
const FIELD = "h-8 rounded-md border border-line-strong bg-raised px-2.5";

export function TokenForm() {
  const queries = useQueryClient();
  const { date, tz } = useToday();
  const repos = useQuery(reposQuery(date, tz)).data?.repos ?? [];
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [days, setDays] = useState(90);
  const making = useMutation({
    mutationFn: async () =>
      unwrap(await client.POST("/api/tokens", { body: { name: name.trim(), repos: [...chosen], days } })),
    onSuccess: () => {
      setName("");
      setChosen(new Set());
      return queries.invalidateQueries({ queryKey: keys.tokens });
    },
  });
  const ready = name.trim() !== "" && chosen.size > 0;
  const make = (event: FormEvent) => {
    event.preventDefault();
    if (ready) making.mutate();
  };
  const toggle = (slug: string) => {
    const others = new Set(chosen);
    if (!others.delete(slug)) others.add(slug);
    setChosen(others);
  };
  return (
    <form onSubmit={make} className="grid gap-4 px-4 sm:px-0">
      <div className="flex flex-wrap gap-3">
        <label className="grid min-w-48 flex-1 gap-1 text-muted text-small">
          What it is for
          <input
            value={name}
            maxLength={100}
            placeholder="hallway"
            onChange={(event) => setName(event.target.value)}
            className={`${FIELD} text-body text-ink placeholder:text-dim`}
          />
        </label>
        <label className="grid gap-1 text-muted text-small">
          Counts for
          <select
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
            className={`${FIELD} text-body text-ink`}
          >
            {LIFETIMES.map((each) => (
              <option key={each} value={each}>
                {each === 365 ? "a year" : `${each} days`}
              </option>
            ))}
          </select>
        </label>
      </div>
      <fieldset className="grid gap-1">
        <legend className="mb-1 text-muted text-small">What it sees</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {repos.map(({ slug, full_name }) => (
            <label key={slug} className="flex min-h-6 items-center gap-2">
              <input
                type="checkbox"
                checked={chosen.has(slug)}
                onChange={() => toggle(slug)}
                className="size-4 accent-accent"
              />
              <span dir="auto">{full_name}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" disabled={!ready || making.isPending}>
          {making.isPending ? "Making…" : "Make a token"}
        </Button>
        <p role="status" className="text-broke text-small">
          {making.error?.message}
        </p>
      </div>
      {making.data && <Fresh key={making.data.id} token={making.data.token} />}
    </form>
  );
}

function Fresh({ token }: { token: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div role="status" className="grid gap-2 rounded-lg border border-line-strong bg-raised p-3">
      <p className="font-medium">Copy it now. It is not shown again.</p>
      <div className="flex items-center gap-2">
        <code className="min-w-0 flex-1 break-all font-mono text-small">{token}</code>
        <Button onClick={() => void navigator.clipboard.writeText(token).then(() => setCopied(true))}>
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
    </div>
  );
}

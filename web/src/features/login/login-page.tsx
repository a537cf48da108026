import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { client, unwrap } from "../../api/client";
import type { Me } from "../../api/types";
import { Button } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { problemOf } from "./problems";

interface LoginPageProps {
  way: Me["auth"];
  onEntered: (me: Me) => void;
}

/** What everybody sees who is nobody yet. */
export default function LoginPage({ way, onEntered }: LoginPageProps) {
  useEffect(() => {
    document.title = "Log in · OmniLens";
  }, []);
  const problem = problemOf(new URLSearchParams(location.search).get("problem"));
  return (
    <main id="main" className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="grid w-full max-w-[340px] gap-6">
        <div className="grid gap-2">
          <span className="text-accent">
            <Icon name="logo" size={28} />
          </span>
          <h1 className="font-semibold text-figure">OmniLens</h1>
          <p className="text-muted">Every GitHub Actions workflow, live.</p>
        </div>
        {problem && (
          <p role="alert" className="rounded-lg border border-broke/40 bg-broke-soft px-3 py-2 text-broke">
            {problem}
          </p>
        )}
        {way === "github" ? <WithGitHub /> : <FromTheProxy />}
        <WithToken onEntered={onEntered} />
      </div>
    </main>
  );
}

function WithGitHub() {
  const here = location.pathname === "/login" ? "/" : location.pathname + location.search;
  return (
    <div className="grid gap-2">
      <a
        href={`/auth/login?next=${encodeURIComponent(here)}`}
        className="inline-flex h-10 items-center justify-center rounded-lg bg-ink px-4 font-semibold text-bg hover:opacity-90"
      >
        Log in with GitHub
      </a>
      <p className="text-dim text-small">You see here what you may see there, and nothing else.</p>
    </div>
  );
}

function FromTheProxy() {
  return (
    <p className="text-muted">
      The proxy in front of this board did not say who you are. Log in there, and load this page again.
    </p>
  );
}

function WithToken({ onEntered }: Pick<LoginPageProps, "onEntered">) {
  const [token, setToken] = useState("");
  const entering = useMutation({
    mutationFn: async () => unwrap(await client.POST("/auth/token", { body: { token } })),
    onSuccess: onEntered,
  });
  const enter = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim()) entering.mutate();
  };
  return (
    <details className="border-t pt-4">
      <summary className="cursor-pointer text-muted hover:text-ink">Use an access token</summary>
      <form onSubmit={enter} className="mt-3 grid gap-2">
        <label htmlFor="token" className="text-muted text-small">
          For wallboards: it was shown when it was made.
        </label>
        <div className="flex gap-2">
          <input
            id="token"
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="olt_…"
            value={token}
            onChange={(event) => setToken(event.target.value)}
            aria-invalid={entering.isError}
            aria-describedby="token-problem"
            className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-raised px-2.5 placeholder:text-dim"
          />
          <Button type="submit" className="h-8" disabled={entering.isPending}>
            {entering.isPending ? "Checking…" : "Come in"}
          </Button>
        </div>
        <p id="token-problem" role="status" className="text-broke text-small">
          {entering.error?.message}
        </p>
      </form>
    </details>
  );
}

import { useQuery } from "@tanstack/react-query";
import { tokensQuery } from "../api/get-tokens";
import { Page } from "../components/page";
import { Section } from "../components/section";
import { SkeletonRows } from "../components/skeleton";
import { Trouble } from "../components/trouble";
import { TokenForm } from "../features/tokens/token-form";
import { TokenList } from "../features/tokens/token-list";
import { usePageTab } from "./page-tab";

/** The access tokens of whoever looks. */
export default function TokensRoute() {
  const { data, error, isPending, refetch } = useQuery(tokensQuery);
  usePageTab("Access tokens · OmniLens", "quiet");
  return (
    <Page title={<h1 className="font-semibold text-title">Access tokens</h1>}>
      <div className="grid max-w-3xl gap-6 py-5 sm:px-6">
        <p className="px-4 text-muted sm:px-0">
          For a wallboard, a script, or a terminal. A token sees the repositories that you choose, as long as you may
          see them, and can change nothing.
        </p>
        <Section id="new" title="A new one">
          <TokenForm />
        </Section>
        {isPending && <SkeletonRows rows={3} height={44} />}
        {error && !data && <Trouble error={error} onRetry={() => void refetch()} />}
        {data && (
          <Section id="tokens" title="Yours">
            <TokenList tokens={data.tokens} />
          </Section>
        )}
      </div>
    </Page>
  );
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { meQuery } from "../api/get-me";
import { keys } from "../api/keys";
import { Trouble } from "../components/trouble";
import { MeContext } from "../features/account/person";

const LoginPage = lazy(() => import("../features/login/login-page"));

/** Shows the page to whoever may see it, and the login to everybody else. */
export function Gate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data: me, error, refetch } = useQuery(meQuery);
  if (me?.user) return <MeContext value={me}>{children}</MeContext>;
  if (me)
    return (
      <Suspense>
        <LoginPage way={me.auth} onEntered={(entered) => queries.setQueryData(keys.me, entered)} />
      </Suspense>
    );
  return error ? <Trouble error={error} onRetry={() => void refetch()} /> : null;
}

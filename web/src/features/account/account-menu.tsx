import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client";
import { becomeNobody } from "../../api/query-client";
import type { Person } from "../../api/types";
import { Popover } from "../../components/popover";
import type { PopoverProps } from "../../components/popover-button";

const ITEM = "block w-full rounded-md px-2 py-1.5 text-left hover:bg-sunken";

interface AccountMenuProps extends PopoverProps {
  person: Person;
}

export default function AccountMenu({ person, ...popover }: AccountMenuProps) {
  const queries = useQueryClient();
  const leaving = useMutation({
    mutationFn: async (everywhere: boolean) => await client.POST("/auth/logout", { body: { everywhere } }),
    onSettled: () => becomeNobody(queries),
  });
  return (
    <Popover title={person.name ?? person.login} testId="account-menu" align="end" {...popover}>
      <p className="px-2 pb-2 text-dim text-small">
        {person.token ? "An access token" : `@${person.login}`}
        {person.operator && " · operator"}
      </p>
      {!person.token && (
        <a href="/tokens" className={ITEM} onClick={popover.onClose}>
          Access tokens
        </a>
      )}
      {!person.token && (
        <a href="/privacy" className={ITEM} onClick={popover.onClose}>
          Privacy
        </a>
      )}
      {person.operator && (
        <a href="/operations" className={ITEM} onClick={popover.onClose}>
          Operations
        </a>
      )}
      <button type="button" className={ITEM} disabled={leaving.isPending} onClick={() => leaving.mutate(false)}>
        Log out
      </button>
      {!person.token && (
        <button type="button" className={ITEM} disabled={leaving.isPending} onClick={() => leaving.mutate(true)}>
          Log out everywhere
        </button>
      )}
    </Popover>
  );
}

import { lazy } from "react";
import { PopoverButton } from "../../components/popover-button";
import { Avatar } from "../../components/ui/avatar";
import { usePerson } from "./person";

const AccountMenu = lazy(() => import("./account-menu"));

/** Who looks, and what is theirs; nothing where nobody logs in. */
export function AccountButton() {
  const person = usePerson();
  if (!person) return null;
  return (
    <PopoverButton
      title={person.login}
      className="grid size-9 place-items-center rounded-lg hover:bg-sunken"
      opens={(popover) => <AccountMenu person={person} {...popover} />}
    >
      <Avatar login={person.login} />
      <span className="sr-only">You are {person.login}</span>
    </PopoverButton>
  );
}

import { createContext, useContext } from "react";
import type { Me, Person } from "../../api/types";

export const MeContext = createContext<Me | null>(null);

/** Who is logged in; nobody where there is no login. */
export function usePerson(): Person | null {
  const me = useContext(MeContext);
  return me && me.auth !== "none" ? me.user : null;
}

import { createContext, useContext } from "react";
import { Button } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";

export const AddRepositoryContext = createContext<() => void>(() => {});

/** Opens the dialog, which the whole page has one of. */
export function AddRepository() {
  const open = useContext(AddRepositoryContext);
  return (
    <Button onClick={open} title="Add repository (a)" aria-haspopup="dialog">
      <Icon name="plus" size={12} />
      Add repository
    </Button>
  );
}

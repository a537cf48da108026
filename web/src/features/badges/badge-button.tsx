import { lazy } from "react";
import { PopoverButton } from "../../components/popover-button";
import { ICON_BUTTON } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";

const BadgePopover = lazy(() => import("./badge-popover"));

interface BadgeButtonProps {
  slug: string;
  name: string;
  /** The names of its workflows, each of which can have a badge of its own. */
  workflows: string[];
}

export function BadgeButton(badge: BadgeButtonProps) {
  return (
    <PopoverButton
      aria-label="Badge"
      title="A status badge to put elsewhere"
      className={ICON_BUTTON}
      opens={(props) => <BadgePopover {...badge} {...props} />}
    >
      <Icon name="badge" size={14} />
    </PopoverButton>
  );
}

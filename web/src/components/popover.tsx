import { Popover as Base } from "@base-ui/react/popover";
import type { ReactNode } from "react";
import type { PopoverProps } from "./popover-button";

interface Props extends PopoverProps {
  title: ReactNode;
  testId: string;
  align: "start" | "end";
  children: ReactNode;
}

/** What a button opens beside itself. */
export function Popover({ anchor, onClose, title, testId, align, children }: Props) {
  return (
    <Base.Root
      open
      onOpenChange={(open, { event }) => {
        // A press on the button that opened this closes it by itself; closing here too would open it again.
        const onButton = event.target instanceof Node && anchor.current?.contains(event.target);
        if (!open && !onButton) onClose();
      }}
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={6} align={align} collisionPadding={8} className="z-40">
          <Base.Popup
            data-testid={testId}
            data-overlay
            finalFocus={anchor}
            className="max-h-[min(420px,var(--available-height))] w-[min(360px,92vw)] overflow-y-auto rounded-lg border border-line-strong bg-raised p-2 shadow-xl outline-none"
          >
            <Base.Title className="px-2 py-1 font-medium text-muted text-small">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

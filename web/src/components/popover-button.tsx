import { type ComponentProps, type ReactNode, type RefObject, Suspense, useRef, useState } from "react";

export interface PopoverProps {
  anchor: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

interface PopoverButtonProps extends ComponentProps<"button"> {
  /** What it opens; may be lazy. */
  opens: (props: PopoverProps) => ReactNode;
}

export function PopoverButton({ opens, ...button }: PopoverButtonProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        {...button}
      />
      {open && <Suspense>{opens({ anchor, onClose: () => setOpen(false) })}</Suspense>}
    </>
  );
}

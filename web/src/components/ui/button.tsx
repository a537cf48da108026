import type { ComponentProps } from "react";

const SHAPE =
  "inline-flex h-7 shrink-0 items-center justify-center rounded-md border border-line-strong bg-raised font-medium text-ink text-small hover:bg-sunken";

export const BUTTON = `${SHAPE} gap-1.5 px-2.5`;
export const ICON_BUTTON = `${SHAPE} w-7`;

export function Button({ className = "", ...props }: ComponentProps<"button">) {
  return <button type="button" className={`${BUTTON} ${className}`} {...props} />;
}

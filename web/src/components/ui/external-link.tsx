import type { ReactNode } from "react";
import { safeLink } from "../../lib/links";

interface ExternalLinkProps {
  href: string | null | undefined;
  children: ReactNode;
  className?: string;
  label?: string;
}

/** A link to the forge; nothing at all where the address is missing or not a plain https one. */
export function ExternalLink({ href, children, className, label }: ExternalLinkProps) {
  const safe = safeLink(href);
  if (!safe) return null;
  return (
    <a href={safe} target="_blank" rel="noreferrer" className={className} aria-label={label} title={label}>
      {children}
    </a>
  );
}

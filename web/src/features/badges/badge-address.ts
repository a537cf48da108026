/** Where the badge of a repository is, or that of one of its workflows. */
export function badgePath(slug: string, workflow: string): string {
  const query = workflow ? `?${new URLSearchParams({ workflow })}` : "";
  return `/badge/${encodeURIComponent(slug)}.svg${query}`;
}

/** The badge as Markdown, leading to the board. Names may have in them what means something there. */
export function badgeMarkdown(origin: string, slug: string, name: string, workflow: string): string {
  const text = [name, workflow]
    .filter(Boolean)
    .join(" ")
    .replace(/[\\[\]]/g, "\\$&");
  // Brackets would end the address.
  const path = badgePath(slug, workflow).replaceAll("(", "%28").replaceAll(")", "%29");
  return `[![${text}](${origin}${path})](${origin}/dashboard/${encodeURIComponent(slug)})`;
}

const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
const NAME = /^[A-Za-z0-9._-]{1,100}$/;
const HOST = /^[A-Za-z0-9.-]+(?::\d+)?$/;

/**
 * What is wrong with what was written so far, as a sentence; nothing where it may be a repository. Only its form: which
 * GitHub it is of, and whether it is there, the server finds out.
 */
export function problemOf(text: string): string | null {
  const written = text.trim();
  if (/\s/.test(written)) return "A repository has no spaces in its name.";
  if (/[^!-~]/.test(written))
    return "A repository's name has only letters of the English alphabet, digits, -, _ and dots.";
  const [owner, name] = partsOf(written);
  if (!owner || !name) return "Write owner/name, or paste an address of the repository.";
  if (!OWNER.test(owner)) return `“${shortened(owner)}” cannot be an owner's name.`;
  if (!NAME.test(name) || name === "." || name === "..") return `“${shortened(name)}” cannot be a repository's name.`;
  return null;
}

function partsOf(written: string): (string | undefined)[] {
  const address = written.replace(/^[a-z+]+:\/\//i, "").replace(/^[\w-]+@/, "");
  const hasScheme = /^[a-z+]+:\/\//i.test(written);
  const scp = hasScheme ? null : /^[A-Za-z0-9.-]+:([^/\d].*)$/.exec(address);
  const parts = (scp?.[1] ?? address).split(/[?#]/)[0]?.split("/").filter(Boolean) ?? [];
  const startsWithHost = !scp && (hasScheme || (parts.length > 2 && parts[0] !== undefined && HOST.test(parts[0])));
  const [owner, name] = startsWithHost ? parts.slice(1) : parts;
  return [owner, name?.replace(/\.git$/i, "")];
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** Whether a repository is one that somebody may mean who has written this. */
export function matches(fullName: string, text: string): boolean {
  return fullName.toLowerCase().includes(text.trim().toLowerCase());
}

/** Dark enough for white letters in both themes. */
const COLOURS = ["#b4531f", "#7a4bb8", "#2f7d6b", "#4a5fc7", "#a83a6b", "#5f7420", "#8a5a12", "#1f6f9c"];

function colourOf(login: string): string {
  let sum = 0;
  for (const character of login) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[sum % COLOURS.length] as string;
}

function initialsOf(login: string): string {
  const words = login.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** Drawn and not loaded: a page about private repositories asks no other host for pictures. */
export function Avatar({ login }: { login: string }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-5 shrink-0 place-items-center rounded-full font-semibold text-[9px] text-white"
      style={{ backgroundColor: colourOf(login) }}
    >
      {initialsOf(login)}
    </span>
  );
}

/** The list with one of its items at another place; the same list if that is where it is. */
export function moved(list: string[], item: string, to: number): string[] {
  const from = list.indexOf(item);
  const place = Math.min(Math.max(to, 0), list.length - 1);
  if (from < 0 || place === from) return list;
  const others = list.filter((other) => other !== item);
  return [...others.slice(0, place), item, ...others.slice(place)];
}

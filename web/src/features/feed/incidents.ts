/** How far apart failures may be that are taken for one. */
export const WITHIN = 10 * 60_000;
const OUTAGE = "an outage";

/** Something that happened, as far as it matters for this. */
export interface Happened {
  at: number;
  slug: string;
  /** The step that failed, or else the job; null for what is no failure, and where nobody knows. */
  broke: string | null;
  /** Whether it is a failure. */
  failed: boolean;
}

interface Group<T> {
  began: number;
  members: T[];
}

/**
 * What happened (newest first), with failures that several repositories have together as one: at the same step within
 * minutes, counted from the first, so that what comes later does not take them apart; or since GitHub has an outage.
 */
export function grouped<T extends Happened>(happened: readonly T[], outageSince: number | null): T[][] {
  const open = new Map<string, Group<T>>();
  const groups: Group<T>[] = [];
  for (const each of happened.toReversed()) {
    const cause = causeOf(each, outageSince);
    const known = cause === null ? undefined : open.get(cause);
    if (known && (cause === OUTAGE || each.at - known.began <= WITHIN)) {
      known.members.unshift(each);
      continue;
    }
    const group = { began: each.at, members: [each] };
    groups.push(group);
    if (cause !== null) open.set(cause, group);
  }
  const place = new Map(happened.map((each, index) => [each, index]));
  return groups
    .flatMap(({ members }) => (isShared(members) ? [members] : members.map((each) => [each])))
    .sort((a, b) => placeOf(place, a) - placeOf(place, b));
}

function causeOf({ at, broke, failed }: Happened, outageSince: number | null): string | null {
  if (!failed) return null;
  if (outageSince !== null && at >= outageSince) return OUTAGE;
  return broke === null ? null : `at ${broke.trim().toLowerCase()}`;
}

/** What only one repository has is its own, however often. */
const isShared = (members: Happened[]): boolean => new Set(members.map(({ slug }) => slug)).size > 1;

const placeOf = <T>(place: Map<T, number>, members: T[]): number => place.get(members[0] as T) ?? 0;

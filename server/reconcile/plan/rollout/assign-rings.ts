import { createHash } from 'node:crypto';
import { ringSize } from '../../../../constructs/schema/index.ts';

/** A bot that a rollout is about. */
export interface RolloutBot {
  readonly unit: string;
  /** The ring that its record names, 1 for the first; undefined where it names none. */
  readonly ring: number | undefined;
}

/**
 * The bots of each ring; none is empty. A bot goes where its record says, one that names a ring that isn't there in the
 * last. The others fill up in the order of a digest of their names, so that it is always the same ones that go first
 * and a new bot moves nobody.
 */
export function assignRings(bots: readonly RolloutBot[], rings: readonly string[]): readonly (readonly string[])[] {
  const assigned: string[][] = [...rings.map(() => []), []];
  const last = rings.length - 1;
  const free: string[] = [];
  for (const { unit, ring } of bots) {
    if (ring === undefined) free.push(unit);
    else assigned[Math.min(ring - 1, last)]?.push(unit);
  }
  const queue = free
    .map((unit) => ({ unit, place: placeOf(unit) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ unit }) => unit);
  let count = 0;
  for (const [index, ring] of rings.entries()) {
    const members = assigned[index] ?? [];
    count += members.length;
    const fill = queue.splice(0, Math.max(0, ringSize(ring, bots.length) - count));
    members.push(...fill);
    count += fill.length;
  }
  assigned.at(-1)?.push(...queue);
  return assigned.filter((members) => members.length > 0).map((members) => members.sort());
}

const placeOf = (unit: string): string => createHash('sha256').update(unit).digest('hex');

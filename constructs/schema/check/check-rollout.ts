import type { BotInstance } from '../bot-instance.ts';
import type { Issue } from '../explain/issue.ts';
import type { Fleet } from '../fleet.ts';
import { RING_ANNOTATION } from '../rollout.ts';

const MOST_RINGS = 10;

/** What is wrong with the rings of claworc.yaml beyond their form. */
export function rolloutIssues({ spec }: Fleet): readonly Issue[] {
  const rings = spec.rollout?.rings;
  if (rings === undefined) return [];
  const path = ['spec', 'rollout', 'rings'];
  if (rings.length === 0 || rings.length > MOST_RINGS) {
    const message = `has ${rings.length} rings: it must have from 1 to ${MOST_RINGS}; without \`rollout\` every change goes to all bots at once`;
    return [{ path, on: 'value', message }];
  }
  return rings.flatMap((ring, at): readonly Issue[] => {
    const before = rings[at - 1];
    if (before?.endsWith('%') !== ring.endsWith('%')) return [];
    if (Number.parseInt(ring, 10) > Number.parseInt(before, 10)) return [];
    return [{ path: [...path, at], on: 'value', message: `${ring} is no more than ${before}, the ring before it` }];
  });
}

/** A ring that a record names is a whole number; one that the fleet doesn't have is its last. */
export function ringIssues({ metadata }: BotInstance): readonly Issue[] {
  const ring = metadata.annotations?.[RING_ANNOTATION];
  if (ring === undefined || /^[1-9][0-9]?$/.test(ring)) return [];
  const message = `${JSON.stringify(ring.slice(0, 40))} is no ring: write its number, "1" for the first`;
  return [{ path: ['metadata', 'annotations', RING_ANNOTATION], on: 'value', message }];
}

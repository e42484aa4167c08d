import type { LiveObject } from '../../../cluster/live-object.ts';

/**
 * On the fleet's ApplySet parent: which removals a person approved. It lies in the cluster, so that every reconciler sees
 * it, and names each removal by its digest, so that a later commit that removes no more needs no second one.
 */
export const APPROVED_ANNOTATION = 'claworc.dev/approved-removals';

/** When each removal was approved, by its digest: ms since the epoch. */
export type Approvals = ReadonlyMap<string, number>;

/** `DIGEST@SECONDS`, sorted, with a space between: 5,000 of them stay below what annotations may hold. */
export const writeApprovals = (approvals: Approvals): string =>
  [...approvals]
    .map(([digest, at]) => `${digest}@${Math.floor(at / 1000)}`)
    .sort()
    .join(' ');

/** What anybody may have written there: an entry of another form approves nothing. */
export function readApprovals(parent: LiveObject | undefined): Approvals {
  const text = parent?.metadata.annotations?.[APPROVED_ANNOTATION] ?? '';
  return new Map(
    text.split(' ').flatMap((entry): readonly (readonly [string, number])[] => {
      const found = /^([0-9a-f]{16})@(\d{1,12})$/.exec(entry);
      return found?.[1] === undefined ? [] : [[found[1], Number(found[2]) * 1000]];
    }),
  );
}

import type { ActionResult } from '../apply/outcome.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import { keyOf, type LiveUnit } from '../live/live-unit.ts';

type Lived = ReadonlyMap<string, string | null>;

/**
 * What lived, brought up to what lives now. An object that main wants and that is gone, or has another uid, was lost
 * without our doing: it stays without a uid until we have brought it back.
 */
export function livedAfter(before: Lived, desired: DesiredUnit, { objects }: LiveUnit): Lived {
  const now = new Map<string, string | null>();
  for (const [key, { metadata }] of objects) {
    const known = before.get(key);
    // What goes by our own doing was let go of when we began; what somebody deletes is still known.
    if (known === undefined && metadata.deletionTimestamp !== undefined) continue;
    const isReplaced = known === null || (known !== undefined && known !== (metadata.uid ?? ''));
    now.set(key, isReplaced ? null : (metadata.uid ?? ''));
  }
  const wanted = desired.state === 'present' && before.size > 0 ? desired.objects : [];
  for (const { kind, name } of wanted) {
    const key = keyOf(kind, name);
    if (before.has(key) && !now.has(key)) now.set(key, null);
  }
  return now;
}

/** Keys of what was lost. */
export const lostIn = (lived: Lived): ReadonlySet<string> =>
  new Set([...lived].flatMap(([key, uid]) => (uid === null ? [key] : [])));

const OURS: ReadonlySet<ActionResult['result']> = new Set([
  'created',
  'configured',
  'pruned',
  'replaced',
  'retained',
  'waiting',
]);

/** Without what we have written, removed or begun to replace: the next look finds what lives. */
export function withoutTouched(lived: Lived, results: readonly ActionResult[]): Lived {
  const touched = new Set(results.flatMap(({ result, kind, name }) => (OURS.has(result) ? [keyOf(kind, name)] : [])));
  return new Map([...lived].filter(([key]) => !touched.has(key)));
}

import { instanceOf } from '../../../constructs/labels.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { DesiredObject } from '../desired/desired-state.ts';
import { unitOf, unstamped } from '../desired/stamp.ts';
import { findApplier } from './external/find-applier.ts';
import { ourFields } from './ownership.ts';

/** Whether an object that has the name of a desired one may be written, and on what grounds. */
export type Claim =
  | { readonly by: 'mark' }
  /** Another program applied what main renders; `from` is its field manager. */
  | { readonly by: 'labels'; readonly from: string }
  | { readonly by: null; readonly reason: string };

/**
 * An object is ours by our mark, or by fields that our last apply set. One that another program applied from `dist/` has
 * neither; all the labels that main renders, the bot's name among them, and a field manager that set most of what main says
 * tell it from a stranger of the same name.
 */
export function claimOn(found: LiveObject, desired: DesiredObject, unit: string): Claim {
  const owner = unitOf(found);
  if (owner === unit) return { by: 'mark' };
  if (owner !== undefined) return { by: null, reason: `it belongs to ${owner}` };
  if (ourFields(found) !== undefined) return { by: 'mark' };
  const applier = hasLabelsOf(found, desired) ? findApplier(unstamped(desired.object), found) : undefined;
  if (applier !== undefined) return { by: 'labels', from: applier.manager ?? 'an applier without a name' };
  const reason = 'it was not made by Claworc and is left alone';
  return {
    by: null,
    reason:
      found.kind === 'PersistentVolumeClaim'
        ? `${reason}, with the data in it: a claim of others can't be taken over, give the bot another name`
        : `${reason}: delete or rename it`,
  };
}

/** `taken over from kustomize-controller`; who it was is told, because it owns its fields beside us from then on. */
export const describeAdoption = (from: string): string => `taken over from ${from}, which goes on owning what it set`;

function hasLabelsOf({ metadata: { labels = {} } }: LiveObject, { object }: DesiredObject): boolean {
  const wanted = Object.entries(unstamped(object).metadata.labels ?? {});
  return instanceOf(labels) !== undefined && wanted.every(([name, value]) => labels[name] === value);
}

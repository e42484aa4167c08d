import { compareQuantities, parseQuantity } from '../../../constructs/schema/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { ManagedKind } from '../../cluster/resources.ts';
import { claimStatus } from '../live/live-shapes.ts';
import type { FieldDifference } from './diff.ts';

export type Immutability =
  | { readonly verdict: 'possible' }
  /** Only a new object can have this: the old one is deleted first. */
  | { readonly verdict: 'replace'; readonly reason: string }
  | { readonly verdict: 'impossible'; readonly reason: string };

/** Fields that the API server never changes, by kind. */
const FIXED: Readonly<Partial<Record<ManagedKind, RegExp>>> = {
  Deployment: /^spec\.selector\b/,
  Secret: /^(type|immutable)$/,
};

const STORAGE = 'spec.resources.requests.storage';

/** Whether the API server can be asked for these differences at all, decided before anything is sent. */
export function judgeChange(kind: ManagedKind, fields: readonly FieldDifference[], live: LiveObject): Immutability {
  if (kind === 'PersistentVolumeClaim') return judgeVolume(fields, live);
  const fixed = fields.find(({ field }) => FIXED[kind]?.test(field));
  if (fixed === undefined) return { verdict: 'possible' };
  return { verdict: 'replace', reason: `${fixed.field} can't be changed: the ${kind} is deleted and made again` };
}

/** A growth that never came about may be taken back as far as above what the volume has. */
const isAbove = (size: string, capacity: string | undefined): boolean =>
  capacity !== undefined && parseQuantity(capacity) !== undefined && compareQuantities(size, capacity) > 0;

function judgeVolume(fields: readonly FieldDifference[], live: LiveObject): Immutability {
  const spec = fields.filter(({ field }) => field.startsWith('spec.'));
  const other = spec.find(({ field }) => field !== STORAGE);
  if (other !== undefined) {
    const reason = `${other.field} of a volume can't be changed (${other.live ?? 'unset'} to ${other.main ?? 'unset'}): make a new bot and move the data, or where the cluster changed it on the way in, leave it to the cluster in claworc.yaml (spec.policy.leaveToCluster)`;
    return { verdict: 'impossible', reason };
  }
  const size = spec[0];
  if (size === undefined || size.main === null || size.live === null) return { verdict: 'possible' };
  if (parseQuantity(size.main) === undefined || parseQuantity(size.live) === undefined) return { verdict: 'possible' };
  if (compareQuantities(size.main, size.live) < 0 && !isAbove(size.main, claimStatus(live).capacity?.storage)) {
    return { verdict: 'impossible', reason: `the volume has ${size.live} and can't shrink to ${size.main}` };
  }
  if (claimStatus(live).phase !== 'Bound') {
    return { verdict: 'impossible', reason: `the volume is not bound yet; it grows to ${size.main} once it is` };
  }
  return { verdict: 'possible' };
}

import { compareQuantities, parseQuantity } from '../../../constructs/schema/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { ManagedKind } from '../../cluster/resources.ts';
import { claimStatus } from '../live/live-shapes.ts';
import { classOf, type Expands } from '../live/storage-classes.ts';
import type { FieldDifference } from './diff.ts';
import { isFixed, outageOf } from './fixed-fields.ts';

export type Immutability =
  | { readonly verdict: 'possible' }
  /** Only a new object can have this: the old one is deleted first. */
  | { readonly verdict: 'replace'; readonly reason: string }
  | { readonly verdict: 'impossible'; readonly reason: string };

const STORAGE = 'spec.resources.requests.storage';
/** Of a claim's spec these two alone ever change in place. */
const CHANGEABLE: ReadonlySet<string> = new Set([STORAGE, 'spec.volumeAttributesClassName']);

/** Whether the API server can be asked for these differences at all, decided before anything is sent. */
export function judgeChange(
  kind: ManagedKind,
  fields: readonly FieldDifference[],
  live: LiveObject,
  expands: Expands = () => undefined,
): Immutability {
  if (kind === 'PersistentVolumeClaim') return judgeVolume(fields, live, expands);
  const fixed = fields.find(({ field }) => isFixed(kind, field, live));
  if (fixed === undefined) return { verdict: 'possible' };
  const reason = `${fixed.field} can't be changed: the ${kind} is deleted and made again, ${outageOf(kind)}`;
  return { verdict: 'replace', reason };
}

/** A growth that never came about may be taken back as far as above what the volume has. */
export const isAbove = (size: string, capacity: string | undefined): boolean =>
  capacity !== undefined && parseQuantity(capacity) !== undefined && compareQuantities(size, capacity) > 0;

function judgeVolume(fields: readonly FieldDifference[], live: LiveObject, expands: Expands): Immutability {
  const spec = fields.filter(({ field }) => field.startsWith('spec.'));
  const other = spec.find(({ field }) => !CHANGEABLE.has(field));
  if (other !== undefined) {
    const reason = `${other.field} of a volume can't be changed (${other.live ?? 'unset'} to ${other.main ?? 'unset'}): make a new bot and move the data, or where the cluster changed it on the way in, leave it to the cluster in claworc.yaml (spec.policy.leaveToCluster)`;
    return { verdict: 'impossible', reason };
  }
  const size = spec.find(({ field }) => field === STORAGE);
  if (size === undefined || size.main === null || size.live === null) return { verdict: 'possible' };
  if (parseQuantity(size.main) === undefined || parseQuantity(size.live) === undefined) return { verdict: 'possible' };
  if (compareQuantities(size.main, size.live) < 0 && !isAbove(size.main, claimStatus(live).capacity?.storage)) {
    return { verdict: 'impossible', reason: `the volume has ${size.live} and can't shrink to ${size.main}` };
  }
  if (claimStatus(live).phase !== 'Bound') {
    return { verdict: 'impossible', reason: `the volume is not bound yet; it grows to ${size.main} once it is` };
  }
  if (compareQuantities(size.main, size.live) <= 0) return { verdict: 'possible' };
  const refusal = refusalToGrow(live, expands);
  if (refusal !== undefined) {
    return { verdict: 'impossible', reason: `it stays at ${size.live} and can't grow to ${size.main}: ${refusal}` };
  }
  return { verdict: 'possible' };
}

/** Why a bound claim can't grow at all, by what made its volume; undefined also where that isn't known. */
export function refusalToGrow(claim: LiveObject, expands: Expands): string | undefined {
  const className = classOf(claim);
  if (className === '') return 'no storage class made its volume, and only such volumes grow';
  if (className === undefined || expands(className) !== false) return undefined;
  return `the storage class ${className} does not let volumes grow (allowVolumeExpansion)`;
}

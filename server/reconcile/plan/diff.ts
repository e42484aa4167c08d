import { parseQuantity } from '../../../constructs/schema/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { formatPath, member, readPath, valueAt, type FieldPath, type Step } from './field-path.ts';
import { isRecord } from '../../lib/is-record.ts';
import { droppedFields } from './dropped.ts';
import { walkLeaves } from './leaves.ts';
import { isLeft } from './left-fields.ts';
import { changedAt, claimsBelow, otherOwners, ourFields, topClaims, type Claims } from './ownership.ts';
import type { KubeObject } from '../../../constructs/kube-object.ts';
import { isAppliedByOthers } from './sealed-value.ts';
import { isQuantity, listKeys } from './topology.ts';

/** One field of ours that differs. Values are texts for people; those of a Secret are never shown. */
export interface FieldDifference {
  readonly field: string;
  /** Null: main doesn't have it (any more). */
  readonly main: string | null;
  /** Null: the live object lacks it. */
  readonly live: string | null;
  /** Managers beside us that own the live value, or a part of it where main drops it. */
  readonly owners: readonly string[];
  /** When the last of them wrote, UTC ISO 8601; absent where nobody says. */
  readonly changedAt?: string;
}

export interface ObjectDifference {
  readonly fields: readonly FieldDifference[];
  /** Values are equal, but somebody took our ownership: an apply gives it back without changing the object. */
  readonly ownershipLost: boolean;
}

/**
 * What an apply of `desired` (stamped) would change in `live`: values that differ in fields that it claims, and fields
 * that our last apply claimed and this one doesn't. Fields that others added are none of our business, nor are those
 * that are `left` to the cluster. `mark` is what a sealed key's file has: another's value that carries it is the one of main.
 */
export function diffObject(
  desired: KubeObject,
  live: LiveObject,
  left: readonly string[] = NONE,
  mark: string | null = null,
): ObjectDifference {
  const known = remembered.get(desired);
  if (known?.live === live && known.left === left) return known.difference;
  const difference = compare(desired, live, left, mark);
  remembered.set(desired, { live, left, difference });
  return difference;
}

const NONE: readonly string[] = [];

interface Compared {
  readonly live: LiveObject;
  readonly left: readonly string[];
  readonly difference: ObjectDifference;
}

/** The answer to an apply is compared when it comes and once more by the plan that looks whether all is done. */
const remembered = new WeakMap<KubeObject, Compared>();

function compare(
  desired: KubeObject,
  live: LiveObject,
  left: readonly string[],
  mark: string | null,
): ObjectDifference {
  const secret = desired.kind === 'Secret';
  const fields: FieldDifference[] = [];
  let ownershipLost = false;
  const compareLeaf = (path: FieldPath, value: unknown, { actual, ours }: Place): void => {
    if (isLeft(path, left)) return;
    const owned = ours !== false;
    const concealed = secret && isSecretValue(path);
    // The reflector keeps no values of a Secret: whoever changes one takes its ownership from us.
    const equal = concealed
      ? actual !== undefined && (owned || isAppliedByOthers(live, path, mark))
      : sameValue(value, actual, path, desired.kind);
    if (equal) {
      if (!owned && !isEmpty(actual)) ownershipLost = true;
      return;
    }
    fields.push({
      field: formatPath(path),
      main: concealed ? '(sealed)' : show(value),
      live: actual === undefined ? null : concealed ? '(other value)' : show(actual),
      owners: otherOwners(live, path),
      ...changeTime(live, path),
    });
  };
  walkLeaves(desired, { actual: live, ours: topClaims(ourFields(live) ?? {}) }, placeBelow, compareLeaf);

  for (const { path, owners } of droppedFields(desired, live)) {
    if (isLeft(path, left) || comesBack(desired.kind, path, live)) continue;
    const concealed = secret && isSecretValue(path);
    const actual = concealed ? '(sealed)' : show(readPath(live, path));
    fields.push({ field: formatPath(path), main: null, live: actual, owners, ...changeTime(live, path) });
  }
  return { fields, ownershipLost };
}

function changeTime(live: LiveObject, path: FieldPath): Pick<FieldDifference, 'changedAt'> {
  const at = changedAt(live, path);
  return at === undefined ? {} : { changedAt: at };
}

/** What lives there, and what of it our last apply claimed. */
interface Place {
  readonly actual: unknown;
  readonly ours: Claims;
}

const placeBelow = ({ actual, ours }: Place, step: Step): Place => ({
  actual: valueAt(actual, step),
  ours: claimsBelow(ours, step),
});

/** Fields that can't be changed and that the API server sets where nobody does, by kind. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PersistentVolumeClaim: { 'spec.volumeMode': 'Filesystem' },
};

/** Whether a field that main drops would have the very value that it has, by default. */
function comesBack(kind: string, path: FieldPath, live: LiveObject): boolean {
  const byDefault = DEFAULTS[kind]?.[formatPath(path)];
  return byDefault !== undefined && readPath(live, path) === byDefault;
}

/** Equal as the API server sees it: defaults inside a claimed value, spelling of quantities and empty values aside. */
export function sameValue(wanted: unknown, actual: unknown, path: FieldPath, kind: string): boolean {
  if (isEmpty(wanted)) return isEmpty(actual) || (isRecord(wanted) && isRecord(actual));
  if (isRecord(wanted)) {
    if (!isRecord(actual)) return false;
    return Object.entries(wanted).every(([name, value]) =>
      sameValue(value, actual[name], [...path, member(name)], kind),
    );
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length || listKeys(kind, path) !== undefined) return false;
    const items: readonly unknown[] = actual;
    return (wanted as readonly unknown[]).every((value, index) => sameValue(value, items[index], path, kind));
  }
  if (wanted === actual) return true;
  if (!isQuantity(path) || typeof actual !== 'string') return false;
  const [left, right] = [parseQuantity(String(wanted)), parseQuantity(actual)];
  return left !== undefined && left === right;
}

/** What the API server leaves out when it stores an object. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

export function isSecretValue(path: FieldPath): boolean {
  const [first] = path;
  return first?.type === 'member' && (first.name === 'data' || first.name === 'stringData') && path.length > 1;
}

const LONGEST = 400;

export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

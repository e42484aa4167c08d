import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { FieldsV1, LiveObject } from '../../cluster/live-object.ts';
import { isRecord } from '../../lib/is-record.ts';
import { droppedFields } from './dropped.ts';
import { fieldsV1Key, formatPath, stepOf, valueAt, type FieldPath } from './field-path.ts';
import { leavesOf } from './leaves.ts';
import { settle } from './managers.ts';
import { otherOwners, ourFields, owns } from './ownership.ts';
import { withValue } from './with-value.ts';

export interface HeldPayload {
  readonly object: KubeObject;
  /** Fields that an apply of it leaves with their holders, sorted. */
  readonly held: readonly string[];
  /** Of those some were ours too: sent to another version of the object than was looked at, it could take them away. */
  readonly givesUp: boolean;
}

/**
 * What is sent of `desired` where others hold `fields`. A field that main has another value for is left out, and with it our
 * claim: it is its holder's alone, and ours again when that lets go. One that main drops is sent as far as we claim it, as it
 * lives: without our claim nobody would remember that main wants it gone. A field whose holder has let go in `live` is sent as main says.
 */
export function withHeldFields(desired: KubeObject, live: LiveObject, fields: readonly string[]): HeldPayload {
  const ours = ourFields(live) ?? {};
  const held = new Set<string>();
  let sent: unknown = desired;
  let givesUp = false;
  if (fields.length === 0) return { object: desired, held: [], givesUp };
  for (const { path } of leavesOf(desired)) {
    const field = formatPath(path);
    if (!fields.some((one) => isAround(one, field)) || !isHeld(live, path)) continue;
    held.add(field);
    givesUp ||= owns(ours, path);
    sent = withValue(sent, path, undefined);
  }
  for (const { path, owners } of droppedFields(desired, live)) {
    const field = formatPath(path);
    if (!fields.includes(field) || owners.every((manager) => settle(manager) !== 'hold')) continue;
    held.add(field);
    sent = withValue(sent, path, claimedPart(claimAt(ours, path), readAt(live, path)));
  }
  return { object: sent as KubeObject, held: [...held].sort(), givesUp };
}

const isHeld = (live: LiveObject, path: FieldPath): boolean =>
  otherOwners(live, path).some((manager) => settle(manager) === 'hold');

/** The API server names a conflict above or inside of what is one field to us. */
const isAround = (one: string, field: string): boolean => one === field || isBelow(one, field) || isBelow(field, one);

const isBelow = (field: string, above: string): boolean =>
  field.startsWith(`${above}.`) || field.startsWith(`${above}[`);

const readAt = (object: unknown, path: FieldPath): unknown => path.reduce(valueAt, object);

const claimAt = (claims: FieldsV1, path: FieldPath): FieldsV1 =>
  path.reduce((node: FieldsV1, step) => node[fieldsV1Key(step)] ?? {}, claims);

/** What of `value` our claims are about; all of it where they name nothing inside. */
function claimedPart(claims: FieldsV1, value: unknown): unknown {
  const steps = Object.keys(claims).flatMap((key) => {
    const [step, below] = [stepOf(key), claims[key]];
    return step === undefined || below === undefined ? [] : [{ step, below }];
  });
  if (steps.length === 0) return value;
  if (Array.isArray(value)) return steps.map(({ step, below }) => claimedPart(below, valueAt(value, step)));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    steps.flatMap(({ step, below }) =>
      step.type === 'member' ? [[step.name, claimedPart(below, value[step.name])]] : [],
    ),
  );
}
